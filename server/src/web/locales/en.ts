import { account } from './en/account.ts'
import { admin } from './en/admin.ts'
import { common } from './en/common.ts'
import { consent } from './en/consent.ts'
import { errors } from './en/errors.ts'
import { login } from './en/login.ts'
import { mail } from './en/mail.ts'
import { scopes } from './en/scopes.ts'

export const en = { account, admin, common, consent, errors, login, mail, scopes }
