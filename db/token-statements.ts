import { doubleClick } from './authorization-codes.ts'
import { retryWindow } from './refresh-tokens.ts'

// The statements of the token endpoint. Each carries what several requests ask at the same time
// (coalesced.ts); the functions that they call are in migration 0018. Those that write begin with
// `with`: a `select` counts as one that only reads, and is sent again when its connection breaks.

/** $1: hashes of codes, $2: client_ids. In the order of the questions. */
export const readCodes = `
  select client, code
    from read_code_requests($1, $2, '${doubleClick}s')
   order by n`

/** $1: hashes of refresh tokens, $2: of their successors, $3: client_ids. In their order. */
export const readRefreshTokens = `
  select client, refresh_token as "refreshToken"
    from read_refresh_requests($1, $2, $3, '${retryWindow}s')
   order by n`

// Tokens are JSON: an array of one object a request. All say which requests were granted, by n, their
// place from one.

/** $1: hashes of codes, $2: what they give. */
export const redeemCodes = `
  with redeemed as materialized (select n from redeem_codes($1, $2))
  select n from redeemed`

/** $1: hashes of refresh tokens, $2: of their successors, $3: ids of the keys of those, $4: tokens. */
export const rotateRefreshTokens = `
  with rotated as materialized (
    select n, expires_at from rotate_refresh_tokens($1, $2, $3, $4, '${retryWindow}s')
  )
  select n, expires_at as "expiresAt" from rotated`

/** $1: tokens and for whom. */
export const issueToMachines = `
  with issued as materialized (select n from issue_machine_tokens($1))
  select n from issued`
