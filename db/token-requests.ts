import type { NewAccessToken } from './access-tokens.ts'
import type { AuthorizationCode } from './authorization-codes.ts'
import { coalesced, perDatabase } from './coalesced.ts'
import type { Db } from './database.ts'
import type { NewRefreshToken, RefreshToken } from './refresh-tokens.ts'
import type { RegisteredClient } from './registered-clients.ts'
import {
  issueToMachines,
  readCodes,
  readRefreshTokens,
  redeemCodes,
  rotateRefreshTokens,
} from './token-statements.ts'
import { isText } from './values.ts'

// A token request reads once and writes once. Each write is one statement, so a crash leaves all of
// it or nothing, and of many requests with the same code or refresh token the row's lock lets one
// through. Requests of the same moment share a statement: it is their commit as well.

/** Two at a time: one is on its way while the other is worked at. */
const together = { running: 2, size: 64 }

export interface CodeRead {
  client: RegisteredClient | null
  code: AuthorizationCode | null
}

type CodeAsked = { clientId: string; codeHash: Buffer }

const codeReads = perDatabase((db) =>
  coalesced<CodeAsked, CodeRead>(async (asked) => {
    const hashes = asked.map(({ codeHash }) => codeHash)
    const callers = asked.map(({ clientId }) => clientId)
    return (await db.query<CodeRead>(readCodes, [hashes, callers])).rows
  }, together),
)

/** The client that asks and the code it presents. */
export async function readCodeRequest(db: Db, asked: CodeAsked): Promise<CodeRead> {
  return isText(asked.clientId) ? codeReads(db)(asked) : { client: null, code: null }
}

export interface RefreshRead {
  client: RegisteredClient | null
  refreshToken: RefreshToken | null
}

type RefreshAsked = { clientId: string; tokenHash: Buffer; successorHash: Buffer }

const refreshReads = perDatabase((db) =>
  coalesced<RefreshAsked, RefreshRead>(async (asked) => {
    const hashes = asked.map(({ tokenHash }) => tokenHash)
    const successors = asked.map(({ successorHash }) => successorHash)
    const callers = asked.map(({ clientId }) => clientId)
    return (await db.query<RefreshRead>(readRefreshTokens, [hashes, successors, callers])).rows
  }, together),
)

/** The client that asks and the refresh token it presents. */
export async function readRefreshRequest(db: Db, asked: RefreshAsked): Promise<RefreshRead> {
  return isText(asked.clientId) ? refreshReads(db)(asked) : { client: null, refreshToken: null }
}

export interface Issued {
  accessToken: NewAccessToken
  refreshToken?: NewRefreshToken | undefined
}

interface Rotation {
  accessToken: NewAccessToken
  refreshToken: NewRefreshToken
  successorKey: string
}

interface Redemption {
  spentHash: Buffer
  issued: object
}

// The same row twice in one statement would be updated once, or be an error: a token that is spent,
// and one that follows it.
const onePerRow = {
  ...together,
  keys: ({ spentHash, successorHash = spentHash }: Redemption & { successorHash?: Buffer }) =>
    [spentHash.toString('hex'), successorHash.toString('hex')] as const,
}

const redemptions = perDatabase((db) =>
  coalesced<Redemption, boolean>(async (asked) => {
    const hashes = asked.map(({ spentHash }) => spentHash)
    const values = [hashes, numbered(asked.map(({ issued }) => issued))]
    return placesOf(asked, (await db.query<{ n: number }>(redeemCodes, values)).rows)
  }, onePerRow),
)

/**
 * Spends the code and stores what it gives. Of many at the same time exactly one gets true
 * (RFC 6749 4.1.2); the others, and a code that expired meanwhile, store nothing.
 */
export function redeemAuthorizationCode(
  db: Db,
  codeHash: Buffer,
  { accessToken, refreshToken }: Issued,
): Promise<boolean> {
  return redemptions(db)({
    spentHash: codeHash,
    issued: { ...accessColumns(accessToken), ...(refreshToken && refreshColumns(refreshToken)) },
  })
}

interface Rotating extends Redemption {
  successorHash: Buffer
  successorKey: string
}

const rotations = perDatabase((db) =>
  coalesced<Rotating, number | undefined>(async (asked) => {
    const { rows } = await db.query<{ n: number; expiresAt: number }>(rotateRefreshTokens, [
      asked.map(({ spentHash }) => spentHash),
      asked.map(({ successorHash }) => successorHash),
      asked.map(({ successorKey }) => successorKey),
      numbered(asked.map(({ issued }) => issued)),
    ])
    const expiries = new Map(rows.map(({ n, expiresAt }) => [n, expiresAt]))
    return asked.map((_, index) => expiries.get(index + 1))
  }, onePerRow),
)

/**
 * Spends the refresh token and stores what follows it; says when its successor expires, or
 * undefined where nothing could be spent. A repetition within the window whose successor nobody
 * redeemed yet counts as the first time. The window does not slide, and the successor stays as the
 * first time stored it: a repetition may not renew it, and a spent one may never come back.
 * successorKey is the id of the key that the successor was derived with.
 */
export function rotateRefreshToken(
  db: Db,
  tokenHash: Buffer,
  { accessToken, refreshToken, successorKey }: Rotation,
): Promise<number | undefined> {
  return rotations(db)({
    spentHash: tokenHash,
    successorHash: refreshToken.tokenHash,
    successorKey,
    issued: { ...accessColumns(accessToken), ...refreshColumns(refreshToken) },
  })
}

const machineTokens = perDatabase((db) =>
  coalesced<object, boolean>(async (asked) => {
    const values = [numbered(asked)]
    return placesOf(asked, (await db.query<{ n: number }>(issueToMachines, values)).rows)
  }, together),
)

/**
 * Stores a machine's token, if its client may still have it: the client that the provider let
 * through may be a second old (store/machine-clients.ts), this statement sees it as it is now.
 * secretHash is that of the secret which was presented, platformScopes what of the scope needs
 * registration.
 */
export function issueMachineToken(
  db: Db,
  accessToken: NewAccessToken,
  owner: { clientId: string; secretHash: Buffer | undefined; platformScopes: string[] },
): Promise<boolean> {
  const secretHash = owner.secretHash ? bytea(owner.secretHash) : null
  return machineTokens(db)({ ...accessColumns(accessToken), ...owner, secretHash })
}

const bytea = (bytes: Buffer) => `\\x${bytes.toString('hex')}`

/** n is the place of a request, from one. */
const numbered = (asked: object[]) =>
  JSON.stringify(asked.map((one, index) => ({ ...one, n: index + 1 })))

function placesOf(asked: readonly unknown[], rows: { n: number }[]): boolean[] {
  const places = new Set(rows.map(({ n }) => n))
  return asked.map((_, index) => places.has(index + 1))
}

const accessColumns = (token: NewAccessToken) => ({
  accessHash: bytea(token.tokenHash),
  accessScope: token.scope,
  accessGty: token.gty,
  accessDetails: token.details,
  accessIssuedAt: token.issuedAt,
  accessExpiresAt: token.expiresAt,
})

const refreshColumns = (token: NewRefreshToken) => ({
  refreshHash: bytea(token.tokenHash),
  refreshScope: token.scope,
  refreshGty: token.gty,
  refreshNonce: token.nonce,
  refreshAuthTime: token.authTime,
  refreshRotations: token.rotations,
  refreshDetails: token.details,
  refreshFirstIssuedAt: token.firstIssuedAt,
  refreshIssuedAt: token.issuedAt,
  refreshExpiresAt: token.expiresAt,
})
