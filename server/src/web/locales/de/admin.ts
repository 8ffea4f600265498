import type { admin as en } from '#web/locales/en/admin.ts'

export const admin: typeof en = {}
