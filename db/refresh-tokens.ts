import type { Db } from './database.ts'

/** Seconds in which a repeated rotation is a lost answer and not a theft. */
const retryWindow = 30

export interface NewRefreshToken {
  tokenHash: Buffer
  familyId: string
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
  /** Consumed so that a repetition is reuse: outside the window, or its successor was redeemed. */
  reuse: boolean
}

/**
 * Stores a refresh token and says when it expires. A derived successor that is already there stays
 * as it is: a repeated rotation may not renew it, and a spent one may never come back.
 */
export async function insertRefreshToken(db: Db, token: NewRefreshToken): Promise<number> {
  const { rows } = await db.query<{ expiresAt: number }>(
    `with inserted as (
       insert into refresh_tokens
         (token_hash, family_id, scope, gty, nonce, auth_time, rotations, details,
          first_issued_at, issued_at, expires_at)
       values ($1, $2, $3, $4, $5, to_timestamp($6), $7, $8,
               to_timestamp($9), to_timestamp($10), to_timestamp($11))
       on conflict (token_hash) do nothing
       returning expires_at
     )
     select extract(epoch from expires_at)::int as "expiresAt" from inserted
      union all
     select extract(epoch from expires_at)::int from refresh_tokens where token_hash = $1`,
    [
      token.tokenHash,
      token.familyId,
      token.scope,
      token.gty ?? null,
      token.nonce ?? null,
      token.authTime ?? null,
      token.rotations,
      JSON.stringify(token.details),
      token.firstIssuedAt,
      token.issuedAt,
      token.expiresAt,
    ],
  )
  return rows[0]?.expiresAt ?? token.expiresAt
}

/**
 * The token of a living family, also when it is spent or expired: reuse must be seen.
 * successorHash is that of the token which a rotation of this one gives.
 */
export async function findRefreshToken(
  db: Db,
  tokenHash: Buffer,
  successorHash: Buffer,
): Promise<RefreshToken | undefined> {
  const { rows } = await db.query<RefreshToken>(
    `select t.family_id as "familyId", c.account_id as "accountId", cl.client_id as "clientId",
            t.scope, t.gty, t.nonce, t.rotations, t.details,
            extract(epoch from t.auth_time)::int as "authTime",
            extract(epoch from t.first_issued_at)::int as "firstIssuedAt",
            extract(epoch from t.issued_at)::int as "issuedAt",
            extract(epoch from t.expires_at)::int as "expiresAt",
            extract(epoch from t.consumed_at)::int as "consumedAt",
            coalesce(t.consumed_at < now() - make_interval(secs => $3), false)
              or s.consumed_at is not null as "reuse",
            array(select k.scope from consent_scopes k where k.consent_id = c.id) as "consentScopes"
       from refresh_tokens t
       join token_families f      on f.id = t.family_id and f.ended_at is null
       join consents c            on c.id = f.consent_id
       join clients cl            on cl.id = c.client_id and cl.disabled_at is null
       join accounts a            on a.id = c.account_id and a.disabled_at is null
       left join refresh_tokens s on s.token_hash = $2
      where t.token_hash = $1`,
    [tokenHash, successorHash, retryWindow],
  )
  return rows[0]
}

/**
 * Spends the token. True for the first time and for repetitions within the window whose successor
 * nobody redeemed yet; the window counts from the first time and does not slide.
 */
export async function spendRefreshToken(
  db: Db,
  tokenHash: Buffer,
  successorHash: Buffer,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update refresh_tokens t
        set consumed_at = coalesce(t.consumed_at, now())
      where t.token_hash = $1
        and t.expires_at > now()
        and (t.consumed_at is null
             or (t.consumed_at > now() - make_interval(secs => $3)
                 and not exists (select 1
                                   from refresh_tokens s
                                  where s.token_hash = $2 and s.consumed_at is not null)))`,
    [tokenHash, successorHash, retryWindow],
  )
  return rowCount > 0
}
