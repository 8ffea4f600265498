import type { Context, Middleware } from 'koa'
import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import type { Asker, ScopeCatalog } from './view-data.ts'

/** What the rest of the house hands this feature; see provider/interactions.ts for its meaning. */
export interface ConsentParts {
  db: Db
  csrf: Middleware
  scopes: ScopeCatalog
  interactions: {
    find(ctx: Context): Promise<PendingConsent>
    finishConsent(ctx: Context, grantId: string): Promise<string>
    deny(ctx: Context): Promise<string>
  }
  consentGrantId(consentId: string): string
  /** The person may not be the one who said yes. */
  tellConnected(
    tx: Db,
    connection: {
      account: Pick<Account, 'email' | 'locale'>
      clientName: string
      consentId: string
    },
  ): Promise<void>
  audit(ctx: Context, db: Db, event: ConsentEvent): Promise<void>
}

export interface PendingConsent {
  uid: string
  client: Asker & {
    id: string
    clientId: string
    ownerId: string | null
    optionalScopes: string[]
    scopes: string[]
  }
  redirectUri: string
  scopes: string[]
  askAgain: boolean
  askedAccountId?: string
  accountId?: string
  uiLocales?: string
  restartUrl: string
}

export interface ConsentEvent {
  kind: 'consent.granted' | 'consent.denied' | 'consent.narrowed' | 'consent.removed'
  actorType: 'user'
  actorId: string
  accountId: string
  clientId: string
  details: object
}
