import type { Context, Middleware } from 'koa'
import type { Account } from '#db/accounts.ts'
import type { NewAuditEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import type { Binding } from './binding.ts'
import type { FedcmCookie } from './cookie.ts'

/** What app.ts hands this feature. */
export interface FedcmParts {
  db: Db
  issuer: string
  csrf: Middleware
  fedcmCookie: FedcmCookie
  fedcmBinding: { make(binding: Binding): Promise<string> }
  sessions: {
    accountId(ctx: Context): Promise<string | undefined>
    sessionUid(ctx: Context): Promise<string | undefined>
  }
  scopes: { isIdentity(scope: string): boolean; needsNoRegistration(scope: string): boolean }
  /** The seconds to wait when an address asked for too many sign-ins, here and by pages together. */
  tooOften(ip: string): Promise<number | undefined>
  redirectUriMatches(sent: string, registered: readonly string[]): boolean
  consentGrantId(consentId: string): string
  /** The person may not be the one who said yes. */
  tellConnected(
    tx: Db,
    connection: { account: Account; clientName: string; consentId: string },
  ): Promise<void>
  /** A code that is redeemed like any other. */
  issueCode(code: CodeWish): Promise<string>
  audit(ctx: Context, db: Db, event: Omit<NewAuditEvent, 'requestId' | 'ip'>): Promise<void>
}

export interface CodeWish {
  clientId: string
  accountId: string
  grantId: string
  scope: string
  redirectUri: string
  codeChallenge: string
  nonce: string | undefined
  /** Seconds since the epoch. */
  authTime: number
}

/** Who is signed in here, as FedCM's own cookie says. */
export interface Signed {
  account: Account
  /** Seconds since the epoch. */
  signedInAt: number
}
