import type { Db } from './database.ts'
import type { Person } from './person.ts'

/** Seconds in which a spent code repeated by its own client is a double click (contract, section 3). */
export const doubleClick = 2

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
  /** By the server's own clock: only how long the code lives is taken from the two. */
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
             to_timestamp($8), date_trunc('second', now()),
             date_trunc('second', now()) + make_interval(secs => $9), $10)`,
    [
      code.codeHash,
      code.familyId,
      code.scope,
      code.redirectUri,
      code.codeChallenge ?? null,
      code.codeChallengeMethod ?? null,
      code.nonce ?? null,
      code.authTime,
      code.expiresAt - code.issuedAt,
      JSON.stringify(code.details),
    ],
  )
}

/** The code of a living family, also when it is spent or expired: a replay must be seen. */
export async function findAuthorizationCode(
  db: Db,
  codeHash: Buffer,
): Promise<AuthorizationCode | undefined> {
  const { rows } = await db.query<{ code: AuthorizationCode | null }>(
    `select code
       from read_code_requests(array[$1::bytea], '{null}', '${doubleClick}s')`,
    [codeHash],
  )
  return rows[0]?.code ?? undefined
}
