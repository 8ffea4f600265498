import type { account as en } from '#web/locales/en/account.ts'

export const account: typeof en = {}
