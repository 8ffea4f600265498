import type { Messages } from '#web/locale.ts'
import { account } from './de/account.ts'
import { admin } from './de/admin.ts'
import { common } from './de/common.ts'
import { consent } from './de/consent.ts'
import { errors } from './de/errors.ts'
import { login } from './de/login.ts'
import { mail } from './de/mail.ts'
import { scopes } from './de/scopes.ts'

export const de: Messages = { account, admin, common, consent, errors, login, mail, scopes }
