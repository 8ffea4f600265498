import type { Db } from './database.ts'
import type { Person } from './person.ts'

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
  /** By the server's own clock: only the time between the two is stored. */
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
 * hash and that of the token which a rotation of this one gives.
 */
export async function findRefreshToken(
  db: Db,
  tokenHash: Buffer,
  successorHash: Buffer,
): Promise<RefreshToken | undefined> {
  const { rows } = await db.query<{ refreshToken: RefreshToken | null }>(
    `select refresh_token as "refreshToken"
       from read_refresh_requests(array[$1::bytea], array[$2::bytea], '{null}', '${retryWindow}s')`,
    [tokenHash, successorHash],
  )
  return rows[0]?.refreshToken ?? undefined
}
