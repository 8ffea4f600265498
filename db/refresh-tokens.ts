import type { Db } from './database.ts'
import { type Person, personColumn } from './person.ts'

/** Seconds in which a repeated rotation is a lost answer and not a theft. */
export const retryWindow = 30

export interface NewRefreshToken {
  tokenHash: Buffer
  scope: string
  gty: string | undefined
  nonce: string | undefined
  /** Seconds since the epoch, like every time here. */
  authTime: number | undefined
  rotations: number
  details: object
  firstIssuedAt: number
  issuedAt: number
  expiresAt: number
}

export interface RefreshToken {
  familyId: string
  accountId: string
  person: Person
  /** OAuth client_id. */
  clientId: string
  scope: string
  consentScopes: string[]
  gty: string | null
  nonce: string | null
  authTime: number | null
  rotations: number
  details: Record<string, unknown>
  firstIssuedAt: number
  issuedAt: number
  expiresAt: number
  consumedAt: number | null
  /** Id of the key that its successor was derived with; null before the first redemption. */
  successorKey: string | null
  /** Consumed so that a repetition is reuse: outside the window, or its successor was redeemed. */
  reuse: boolean
}

/**
 * The token of a living family, also when it is spent or expired: reuse must be seen. Given are its
 * hash and that of the token which a rotation of this one gives (parameters or columns).
 */
export const refreshTokenQuery = (hash: string, successorHash: string) => `
  select t.family_id as "familyId", c.account_id as "accountId", cl.client_id as "clientId",
         t.scope, t.gty, t.nonce, t.rotations, t.details, t.successor_key as "successorKey",
         extract(epoch from t.auth_time)::int as "authTime",
         extract(epoch from t.first_issued_at)::int as "firstIssuedAt",
         extract(epoch from t.issued_at)::int as "issuedAt",
         extract(epoch from t.expires_at)::int as "expiresAt",
         extract(epoch from t.consumed_at)::int as "consumedAt",
         coalesce(t.consumed_at < now() - interval '${retryWindow}s', false)
           or s.consumed_at is not null as "reuse",
         array(select k.scope from consent_scopes k where k.consent_id = c.id) as "consentScopes",
         ${personColumn}
    from refresh_tokens t
    join token_families f      on f.id = t.family_id and f.ended_at is null
    join consents c            on c.id = f.consent_id
    join clients cl            on cl.id = c.client_id and cl.disabled_at is null
    join accounts a            on a.id = c.account_id and a.disabled_at is null
    left join refresh_tokens s on s.token_hash = ${successorHash}
   where t.token_hash = ${hash}`

export async function findRefreshToken(
  db: Db,
  tokenHash: Buffer,
  successorHash: Buffer,
): Promise<RefreshToken | undefined> {
  const { rows } = await db.query<RefreshToken>(refreshTokenQuery('$1', '$2'), [
    tokenHash,
    successorHash,
  ])
  return rows[0]
}
