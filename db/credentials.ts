import { coalesced } from './coalesced.ts'
import type { Db } from './database.ts'

/** A person's access token, a machine's, or a refresh token; its prefix says which. */
export type CredentialKind = 'user' | 'machine' | 'refresh'

/** A token that lives, and with it all that it stands on: family, consent, client, account. */
export interface LivingToken {
  accountId: string | null
  /** OAuth client_id of the client it was issued to. */
  clientId: string
  scope: string
  /** The consent's scopes now, separated by spaces; null for a machine's, which has no consent. */
  consentScopes: string | null
  details: Record<string, unknown>
}

/** The client that asks about a token, and the token: null all over when it does not live. */
export type Introspected = {
  callerType: 'web' | 'spa' | 'native' | 'machine'
  callerIsResourceServer: boolean
  /** SHA-256 in hexadecimal of the secrets that count now, separated by spaces. */
  callerSecrets: string | null
  /** Seconds since the epoch. */
  issuedAt: number
  expiresAt: number
} & (LivingToken | { clientId: null })

export interface Bearer extends LivingToken {
  allowedOrigins: string[]
  /** The account's, as all that follow: null for a machine's. */
  email: string | null
  emailVerified: boolean | null
  name: string | null
  timezone: string | null
  /** Until it expires, by the database's clock; expires_at is a whole second, rounded, so less half. */
  secondsLeft: number
}

export interface Credentials {
  /** undefined: there is no such client, or it is disabled. */
  introspect(
    kind: CredentialKind,
    hash: string,
    callerId: string,
  ): Promise<Introspected | undefined>
  /** undefined: there is no such token, or it does not live. */
  bearer(kind: 'user' | 'machine', hash: string): Promise<Bearer | undefined>
}

/** Two at a time: one is on its way while the other is worked at. */
const coalescing = { running: 2, size: 64 }

/**
 * Everything about a presented token in one statement, always as it is now. The hash is SHA-256 in
 * hexadecimal; callerId may be any text without NUL.
 */
export function credentials(db: Db): Credentials {
  const introspected = (kind: CredentialKind) =>
    coalesced(
      (asked: [hash: string, callerId: string][]) => introspect(db, kind, asked),
      coalescing,
    )
  const borne = (kind: 'user' | 'machine') =>
    coalesced((hashes: string[]) => bear(db, kind, hashes), coalescing)
  const introspecting = {
    user: introspected('user'),
    machine: introspected('machine'),
    refresh: introspected('refresh'),
  }
  const bearing = { user: borne('user'), machine: borne('machine') }
  return {
    introspect: (kind, hash, callerId) => introspecting[kind]([hash, callerId]),
    bearer: (kind, hash) => bearing[kind](hash),
  }
}

async function introspect(
  db: Db,
  kind: CredentialKind,
  asked: [hash: string, callerId: string][],
): Promise<(Introspected | undefined)[]> {
  const hashes = asked.map(([hash]) => hash)
  const callers = asked.map(([, callerId]) => callerId)
  const { rows } = await db.query<Introspected & Numbered>(
    `select n, caller_type as "callerType", caller_is_resource_server as "callerIsResourceServer",
            caller_secrets as "callerSecrets", account_id as "accountId", client_id as "clientId",
            scope, consent_scopes as "consentScopes", details, issued_at as "issuedAt",
            expires_at as "expiresAt"
       from presented_tokens($1, $2, $3)
      where caller_type is not null`,
    [kind, hashes, callers],
  )
  return inOrder(rows, asked.length)
}

async function bear(
  db: Db,
  kind: 'user' | 'machine',
  hashes: string[],
): Promise<(Bearer | undefined)[]> {
  const { rows } = await db.query<Bearer & Numbered>(
    `select n, account_id as "accountId", email, email_verified as "emailVerified", name, timezone,
            client_id as "clientId", allowed_origins as "allowedOrigins", scope,
            consent_scopes as "consentScopes", details,
            expires_at - 0.5 - extract(epoch from now())::float8 as "secondsLeft"
       from presented_tokens($1, $2, '{}')
      where client_id is not null`,
    [kind, hashes],
  )
  return inOrder(rows, hashes.length)
}

/** n is the place of the question, from one; a question without a row has no answer. */
type Numbered = { n: number }

function inOrder<Row extends Numbered>(rows: Row[], length: number): (Row | undefined)[] {
  const answers: (Row | undefined)[] = new Array(length)
  for (const row of rows) answers[row.n - 1] = row
  return answers
}
