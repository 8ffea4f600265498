import type { login as en } from '#web/locales/en/login.ts'

export const login: typeof en = {}
