import type { NewAccessToken } from './access-tokens.ts'
import { type AuthorizationCode, authorizationCodeQuery } from './authorization-codes.ts'
import type { Db } from './database.ts'
import {
  type NewRefreshToken,
  type RefreshToken,
  refreshTokenQuery,
  retryWindow,
} from './refresh-tokens.ts'
import { type RegisteredClient, registeredClientQuery } from './registered-clients.ts'
import { isText } from './values.ts'

// A token request reads once and writes once. Each write is one statement, so a crash leaves all of
// it or nothing, and of many requests with the same code or refresh token the row's lock lets one
// through.

/** The client that asks and the code it presents. */
export async function readCodeRequest(
  db: Db,
  { clientId, codeHash }: { clientId: string; codeHash: Buffer },
): Promise<{ client: RegisteredClient | null; code: AuthorizationCode | null }> {
  if (!isText(clientId)) return { client: null, code: null }
  const { rows } = await db.query<{
    client: RegisteredClient | null
    code: AuthorizationCode | null
  }>(
    `select (select to_jsonb(row) from (${registeredClientQuery('$2')}) row) as "client",
            (select to_jsonb(row) from (${authorizationCodeQuery}) row) as "code"`,
    [codeHash, clientId],
  )
  return rows[0] ?? { client: null, code: null }
}

/** The client that asks and the refresh token it presents. */
export async function readRefreshRequest(
  db: Db,
  hashes: { clientId: string; tokenHash: Buffer; successorHash: Buffer },
): Promise<{ client: RegisteredClient | null; refreshToken: RefreshToken | null }> {
  if (!isText(hashes.clientId)) return { client: null, refreshToken: null }
  const { rows } = await db.query<{
    client: RegisteredClient | null
    refreshToken: RefreshToken | null
  }>(
    `select (select to_jsonb(row) from (${registeredClientQuery('$3')}) row) as "client",
            (select to_jsonb(row) from (${refreshTokenQuery}) row) as "refreshToken"`,
    [hashes.tokenHash, hashes.successorHash, hashes.clientId],
  )
  return rows[0] ?? { client: null, refreshToken: null }
}

export interface Issued {
  accessToken: NewAccessToken
  refreshToken?: NewRefreshToken | undefined
}

/**
 * Spends the code and stores what it gives. Of many at the same time exactly one gets true
 * (RFC 6749 4.1.2); the others, and a code that expired meanwhile, store nothing.
 */
export async function redeemAuthorizationCode(
  db: Db,
  codeHash: Buffer,
  { accessToken, refreshToken }: Issued,
): Promise<boolean> {
  const { rows } = await db.query(
    `with spent as (
       update authorization_codes
          set consumed_at = now()
        where code_hash = $1 and consumed_at is null and expires_at > now()
       returning family_id
     ), access as (
       ${insertAccess}
     ), refresh as (
       ${insertRefresh} where $8::bytea is not null
     )
     select 1 from spent`,
    [codeHash, ...accessValues(accessToken), ...refreshValues(refreshToken)],
  )
  return rows.length > 0
}

/**
 * Spends the refresh token and stores what follows it; says when its successor expires, or
 * undefined where nothing could be spent. A repetition within the window whose successor nobody
 * redeemed yet counts as the first time. The window does not slide, and the successor stays as the
 * first time stored it: a repetition may not renew it, and a spent one may never come back.
 */
export async function rotateRefreshToken(
  db: Db,
  tokenHash: Buffer,
  { accessToken, refreshToken }: Required<Issued>,
): Promise<number | undefined> {
  const { rows } = await db.query<{ expiresAt: number }>(
    `with spent as (
       update refresh_tokens t
          set consumed_at = coalesce(t.consumed_at, now())
        where t.token_hash = $1
          and t.expires_at > now()
          and (t.consumed_at is null
               or (t.consumed_at > now() - interval '${retryWindow}s'
                   and not exists (select 1
                                     from refresh_tokens s
                                    where s.token_hash = $8 and s.consumed_at is not null)))
       returning t.family_id
     ), access as (
       ${insertAccess}
     ), successor as (
       ${insertRefresh}
       on conflict (token_hash) do update set token_hash = excluded.token_hash
       returning expires_at
     )
     select extract(epoch from expires_at)::int as "expiresAt" from successor`,
    [tokenHash, ...accessValues(accessToken), ...refreshValues(refreshToken)],
  )
  return rows[0]?.expiresAt
}

// $2 to $7, in the family of what was spent.
const insertAccess = `
       insert into access_tokens
         (token_hash, family_id, scope, gty, details, issued_at, expires_at)
       select $2, family_id, $3, $4, $5, to_timestamp($6), to_timestamp($7)
         from spent`

const accessValues = (token: NewAccessToken) => [
  token.tokenHash,
  token.scope,
  token.gty ?? null,
  JSON.stringify(token.details),
  token.issuedAt,
  token.expiresAt,
]

// $8 to $17.
const insertRefresh = `
       insert into refresh_tokens
         (token_hash, family_id, scope, gty, nonce, auth_time, rotations, details,
          first_issued_at, issued_at, expires_at)
       select $8, family_id, $9, $10, $11, to_timestamp($12), $13, $14,
              to_timestamp($15), to_timestamp($16), to_timestamp($17)
         from spent`

const refreshValues = (token: NewRefreshToken | undefined) => [
  token?.tokenHash ?? null,
  token?.scope ?? null,
  token?.gty ?? null,
  token?.nonce ?? null,
  token?.authTime ?? null,
  token?.rotations ?? null,
  JSON.stringify(token?.details ?? {}),
  token?.firstIssuedAt ?? null,
  token?.issuedAt ?? null,
  token?.expiresAt ?? null,
]

/**
 * Stores a machine's token, if its client may still have it: the client that the provider let
 * through may be a second old (store/clients.ts), this statement sees it as it is now. secretHash
 * is that of the secret which was presented, platformScopes what of the scope needs registration.
 */
export async function issueMachineToken(
  db: Db,
  accessToken: NewAccessToken,
  owner: { clientId: string; secretHash: Buffer | undefined; platformScopes: string[] },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into access_tokens
       (token_hash, client_id, scope, gty, details, issued_at, expires_at)
     select $1, k.id, $2, $3, $4, to_timestamp($5), to_timestamp($6)
       from clients k
      where k.client_id = $7
        and k.disabled_at is null
        and 'client_credentials' = any(k.grant_types)
        and $8::text[] <@ k.scopes
        and ($9::bytea is null
             or exists (select 1
                          from client_secrets x
                         where x.client_id = k.id
                           and x.secret_hash = $9
                           and (x.expires_at is null or x.expires_at > now())))`,
    [...accessValues(accessToken), owner.clientId, owner.platformScopes, owner.secretHash ?? null],
  )
  return rowCount > 0
}
