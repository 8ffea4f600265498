import { authorizationCodeQuery } from './authorization-codes.ts'
import { refreshTokenQuery, retryWindow } from './refresh-tokens.ts'
import { registeredClientQuery } from './registered-clients.ts'

// The statements of the token endpoint. Each carries what several requests ask at the same time
// (coalesced.ts) and answers by n, the place of the question, from zero.

/** $1: hashes of codes, $2: client_ids. */
export const readCodes = `
  select (select to_jsonb(row) from (${registeredClientQuery('asked.caller')}) row) as "client",
         (select to_jsonb(row) from (${authorizationCodeQuery('asked.hash')}) row) as "code"
    from unnest($1::bytea[], $2::text[]) with ordinality as asked (hash, caller, n)
   order by asked.n`

/** $1: hashes of refresh tokens, $2: of their successors, $3: client_ids. */
export const readRefreshTokens = `
  select (select to_jsonb(row) from (${registeredClientQuery('asked.caller')}) row) as "client",
         (select to_jsonb(row)
            from (${refreshTokenQuery('asked.hash', 'asked.successor')}) row) as "refreshToken"
    from unnest($1::bytea[], $2::bytea[], $3::text[])
         with ordinality as asked (hash, successor, caller, n)
   order by asked.n`

const accessColumns = `
  "accessHash" bytea, "accessScope" text, "accessGty" text, "accessDetails" jsonb,
  "accessIssuedAt" float8, "accessExpiresAt" float8`

// $1: JSON, one object a request. What is spent says in whose family its tokens are.
const asked = `
  asked as materialized (
    select *
      from json_to_recordset($1) as asked (
             n int, "spentHash" bytea, "successorKey" text, ${accessColumns},
             "refreshHash" bytea, "refreshScope" text, "refreshGty" text, "refreshNonce" text,
             "refreshAuthTime" float8, "refreshRotations" int, "refreshDetails" jsonb,
             "refreshFirstIssuedAt" float8, "refreshIssuedAt" float8, "refreshExpiresAt" float8)
  )`

const accessTokens = `
  insert into access_tokens (token_hash, family_id, scope, gty, details, issued_at, expires_at)
  select a."accessHash", s.family_id, a."accessScope", a."accessGty", a."accessDetails",
         to_timestamp(a."accessIssuedAt"), to_timestamp(a."accessExpiresAt")
    from spent s
    join asked a on a.n = s.n`

const refreshTokens = `
  insert into refresh_tokens
    (token_hash, family_id, scope, gty, nonce, auth_time, rotations, details, first_issued_at,
     issued_at, expires_at)
  select a."refreshHash", s.family_id, a."refreshScope", a."refreshGty", a."refreshNonce",
         to_timestamp(a."refreshAuthTime"), a."refreshRotations", a."refreshDetails",
         to_timestamp(a."refreshFirstIssuedAt"), to_timestamp(a."refreshIssuedAt"),
         to_timestamp(a."refreshExpiresAt")
    from spent s
    join asked a on a.n = s.n
   where a."refreshHash" is not null`

/** The requests whose code was spent by this statement. */
export const redeemCodes = `
  with ${asked}, spent as (
    update authorization_codes c
       set consumed_at = now()
      from asked a
     where c.code_hash = a."spentHash" and c.consumed_at is null and c.expires_at > now()
    returning a.n, c.family_id
  ), access as (${accessTokens}
  ), refresh as (${refreshTokens}
  )
  select n from spent`

/**
 * The requests whose refresh token was spent, or was spent before and may be repeated. The key of the
 * first redemption stays that of the repetitions: another one would give a sibling.
 */
export const rotateRefreshTokens = `
  with ${asked}, spent as (
    update refresh_tokens t
       set consumed_at   = coalesce(t.consumed_at, now()),
           successor_key = coalesce(t.successor_key, a."successorKey")
      from asked a
     where t.token_hash = a."spentHash"
       and t.expires_at > now()
       and coalesce(t.successor_key, a."successorKey") = a."successorKey"
       and (t.consumed_at is null
            or (t.consumed_at > now() - interval '${retryWindow}s'
                and not exists (select 1
                                  from refresh_tokens s
                                 where s.token_hash = a."refreshHash"
                                   and s.consumed_at is not null)))
    returning a.n, t.family_id
  ), access as (${accessTokens}
  ), successor as (${refreshTokens}
    on conflict (token_hash) do update set token_hash = excluded.token_hash
    returning token_hash, expires_at
  )
  select a.n, extract(epoch from s.expires_at)::int as "expiresAt"
    from successor s
    join asked a on a."refreshHash" = s.token_hash`

/** The requests of machines that may still have what they ask for. */
export const issueToMachines = `
  with asked as materialized (
    select *
      from json_to_recordset($1) as asked (
             n int, ${accessColumns}, "clientId" text, "secretHash" bytea, "platformScopes" text[])
  ), issued as (
    insert into access_tokens (token_hash, client_id, scope, gty, details, issued_at, expires_at)
    select a."accessHash", k.id, a."accessScope", a."accessGty", a."accessDetails",
           to_timestamp(a."accessIssuedAt"), to_timestamp(a."accessExpiresAt")
      from asked a
      join clients k on k.client_id = a."clientId"
     where k.disabled_at is null
       and 'client_credentials' = any(k.grant_types)
       and a."platformScopes" <@ k.scopes
       and (a."secretHash" is null
            or exists (select 1
                         from client_secrets x
                        where x.client_id = k.id
                          and x.secret_hash = a."secretHash"
                          and (x.expires_at is null or x.expires_at > now())))
    returning token_hash
  )
  select a.n
    from issued i
    join asked a on a."accessHash" = i.token_hash`
