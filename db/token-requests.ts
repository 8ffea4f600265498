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

type Spending = { spentHash: string } & Record<string, unknown>

// The same code or refresh token twice in one statement would be one row updated once.
const onePerRow = { ...together, key: ({ spentHash }: Spending) => spentHash }

const redemptions = perDatabase((db) =>
  coalesced<Spending, boolean>(async (asked) => {
    const { rows } = await db.query<{ n: number }>(redeemCodes, [numbered(asked)])
    const spent = new Set(rows.map(({ n }) => n))
    return asked.map((_, n) => spent.has(n))
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
  const issued = { ...prefixed('access', accessToken), ...prefixed('refresh', refreshToken) }
  return redemptions(db)({ spentHash: bytea(codeHash), ...issued })
}

const rotations = perDatabase((db) =>
  coalesced<Spending, number | undefined>(async (asked) => {
    const values = [numbered(asked)]
    const { rows } = await db.query<{ n: number; expiresAt: number }>(rotateRefreshTokens, values)
    const expiries = new Map(rows.map(({ n, expiresAt }) => [n, expiresAt]))
    return asked.map((_, n) => expiries.get(n))
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
  const issued = { ...prefixed('access', accessToken), ...prefixed('refresh', refreshToken) }
  return rotations(db)({ spentHash: bytea(tokenHash), successorKey, ...issued })
}

const machineTokens = perDatabase((db) =>
  coalesced<object, boolean>(async (asked) => {
    const { rows } = await db.query<{ n: number }>(issueToMachines, [numbered(asked)])
    const stored = new Set(rows.map(({ n }) => n))
    return asked.map((_, n) => stored.has(n))
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
  return machineTokens(db)({ ...prefixed('access', accessToken), ...owner, secretHash })
}

const bytea = (bytes: Buffer) => `\\x${bytes.toString('hex')}`

const numbered = (asked: object[]) => JSON.stringify(asked.map((one, n) => ({ n, ...one })))

/** tokenHash becomes accessHash, scope accessScope, and so on. */
function prefixed(
  prefix: 'access' | 'refresh',
  token: NewAccessToken | NewRefreshToken | undefined,
): Record<string, unknown> {
  if (!token) return {}
  const { tokenHash, ...rest } = token
  const named = Object.entries(rest).map(([name, value]) => [
    `${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`,
    value,
  ])
  return { [`${prefix}Hash`]: bytea(tokenHash), ...Object.fromEntries(named) }
}
