import type { Context, Middleware } from 'koa'
import type { Account } from '#db/accounts.ts'
import type { NewAuditEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import type { Locale } from '#web/locale.ts'

/** What app.ts hands this feature. */
export interface AccountParts {
  db: Db
  config: { issuer: string }
  csrf: Middleware
  audit(ctx: Context, db: Db, event: Omit<NewAuditEvent, 'requestId' | 'ip'>): Promise<void>
  sessions: {
    accountId(ctx: Context): Promise<string | undefined>
    sessionUid(ctx: Context): Promise<string | undefined>
    signIn(ctx: Context, accountId: string): Promise<void>
    signOut(ctx: Context): Promise<void>
  }
  passwords: {
    weakness(password: string, about: { email: string; name: string }): Weakness | undefined
    hash(password: string): Promise<string>
    verify(storedHash: string | null, password: string): Promise<boolean>
  }
  throttle: {
    take(limit: Limit, accountId: string): Promise<number | undefined>
    giveBack(limit: Limit, accountId: string): Promise<void>
  }
  /** Seconds until another mail may go there from here, as for any mail that strangers ask for. */
  mayMail(mail: { emailKey: string; ip: string }): Promise<number | undefined>
  mailer: {
    send(mail: Mail, tx: Db): Promise<unknown>
    waitingFor(address: string): Promise<{ kind: string; createdAt: Date; expiresAt: Date }[]>
  }
  /** Ends other sessions and all tokens with the old password; false if it is not the one any more. */
  changePassword(ctx: Context, change: PasswordChange): Promise<boolean>
}

type Limit = 'password_check' | 'password_check_burst' | 'email_change' | 'download'

interface Mail {
  to: string
  kind: string
  locale: Locale
  subject: string
  paragraphs: string[]
  links?: { label: string; url: string }[]
  footnote?: string
}

type Weakness = 'too_short' | 'too_long' | 'common' | 'context'

export interface PasswordChange {
  account: Account
  passwordHash: string
  /** The session that goes on. */
  exceptUid: string | undefined
}
