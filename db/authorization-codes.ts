import type { Db } from './database.ts'
import { type Person, personColumn } from './person.ts'

/** Seconds in which a spent code repeated by its own client is a double click (contract, section 3). */
const doubleClick = 2

export interface NewAuthorizationCode {
  codeHash: Buffer
  familyId: string
  scope: string
  redirectUri: string
  codeChallenge: string | undefined
  codeChallengeMethod: string | undefined
  nonce: string | undefined
  /** Seconds since the epoch, like every time here. */
  authTime: number
  issuedAt: number
  expiresAt: number
  details: object
}

export interface AuthorizationCode {
  familyId: string
  accountId: string
  person: Person
  clientId: string
  scope: string
  consentScopes: string[]
  redirectUri: string
  codeChallenge: string | null
  codeChallengeMethod: string | null
  nonce: string | null
  authTime: number
  details: Record<string, unknown>
  issuedAt: number
  expiresAt: number
  consumed: boolean
  /** Consumed within the last seconds: a double click, not a thief. */
  doubleClick: boolean
}

export async function insertAuthorizationCode(db: Db, code: NewAuthorizationCode): Promise<void> {
  await db.query(
    `insert into authorization_codes
       (code_hash, family_id, scope, redirect_uri, code_challenge, code_challenge_method, nonce,
        auth_time, issued_at, expires_at, details)
     values ($1, $2, $3, $4, $5, $6, $7,
             to_timestamp($8), to_timestamp($9), to_timestamp($10), $11)`,
    [
      code.codeHash,
      code.familyId,
      code.scope,
      code.redirectUri,
      code.codeChallenge ?? null,
      code.codeChallengeMethod ?? null,
      code.nonce ?? null,
      code.authTime,
      code.issuedAt,
      code.expiresAt,
      JSON.stringify(code.details),
    ],
  )
}

/** The code, by its hash (a parameter or column), of a living family, also when it is spent or expired: a replay must be seen. */
export const authorizationCodeQuery = (hash: string) => `
  select t.family_id as "familyId", c.account_id as "accountId", cl.client_id as "clientId",
         t.scope, t.redirect_uri as "redirectUri", t.code_challenge as "codeChallenge",
         t.code_challenge_method as "codeChallengeMethod", t.nonce, t.details,
         extract(epoch from t.auth_time)::int as "authTime",
         extract(epoch from t.issued_at)::int as "issuedAt",
         extract(epoch from t.expires_at)::int as "expiresAt",
         t.consumed_at is not null as "consumed",
         coalesce(t.consumed_at > now() - interval '${doubleClick}s', false) as "doubleClick",
         array(select s.scope from consent_scopes s where s.consent_id = c.id) as "consentScopes",
         ${personColumn}
    from authorization_codes t
    join token_families f on f.id = t.family_id and f.ended_at is null
    join consents c       on c.id = f.consent_id
    join clients cl       on cl.id = c.client_id and cl.disabled_at is null
    join accounts a       on a.id = c.account_id and a.disabled_at is null
   where t.code_hash = ${hash}`

export async function findAuthorizationCode(
  db: Db,
  codeHash: Buffer,
): Promise<AuthorizationCode | undefined> {
  const { rows } = await db.query<AuthorizationCode>(authorizationCodeQuery('$1'), [codeHash])
  return rows[0]
}
