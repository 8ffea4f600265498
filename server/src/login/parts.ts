import type { Context, Middleware } from 'koa'
import type { NewAuditEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import type { Locale } from '#web/locale.ts'
import type { KnownDevices } from './known-device.ts'
import type { Passwords } from './passwords.ts'
import type { Throttle } from './throttle.ts'

/** What app.ts hands this feature. */
export interface LoginParts {
  db: Db
  config: { issuer: string; issuerIsLoopback: boolean }
  csrf: Middleware
  log: { error(fields: object, message: string): void }
  sessions: {
    accountId(ctx: Context): Promise<string | undefined>
    signIn(ctx: Context, accountId: string): Promise<void>
    signOut(ctx: Context): Promise<void>
  }
  interactions: {
    find(ctx: Context): Promise<PendingLogin>
    finishLogin(ctx: Context, accountId: string): Promise<string>
  }
  audit(ctx: Context, db: Db, event: Omit<NewAuditEvent, 'requestId' | 'ip'>): Promise<void>
  /** What came of a password that was tried. */
  onSignIn(outcome: 'succeeded' | 'failed' | 'throttled' | 'unverified'): void
  mailer: { send(mail: Mail, tx?: Db): Promise<{ outboxName?: string }> }
  passwords: Passwords
  throttle: Throttle
  keys: { emailCode: readonly Buffer[]; knownDevice: readonly Buffer[] }
}

/** With what the feature makes of it for its own routes. */
export interface Login extends LoginParts {
  devices: KnownDevices
  /** Whether cookies are Secure and bound to this host. */
  secure: boolean
}

export interface PendingLogin {
  uid: string
  clientName: string
  loginHint?: string
  uiLocales?: string
}

export interface Mail {
  to: string
  kind: string
  /** Seconds after which its code or link is worth nothing. */
  lifetime?: number
  locale: Locale
  subject: string
  paragraphs: string[]
  code?: string
  links?: { label: string; url: string }[]
  footnote?: string
}
