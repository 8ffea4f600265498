import type { mail as en } from '#web/locales/en/mail.ts'

export const mail: typeof en = {}
