import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AuthorizationCode } from '#db/authorization-codes.ts'
import type { Db } from '#db/database.ts'
import type { Person } from '#db/person.ts'
import type { RefreshToken } from '#db/refresh-tokens.ts'
import { findRegisteredClient, type RegisteredClient } from '#db/registered-clients.ts'
import { readCodeRequest, readRefreshRequest } from '#db/token-requests.ts'
import { notesOf } from '../request-notes.ts'
import { hashOf, refreshTokenPrefix } from '../token-ids.ts'
import type { SuccessorFinder } from './successors.ts'

export interface TokenRequestParts {
  db: Db
  findSuccessor: SuccessorFinder
}

/** What one statement said about a token request; the stores answer the library from it. */
export interface TokenRequestRead {
  /** The code or refresh token that was looked up, as it was presented. */
  presented: string
  code?: AuthorizationCode | null
  refreshToken?: RefreshToken | null
}

/** The code, or refresh token, that this request presents, living or not; its family and person. */
export type Presented = AuthorizationCode | RefreshToken

/** Reads the client and what it presents together, and leaves the latter in the request's notes. */
export async function readTokenRequest(
  ctx: KoaContextWithOIDC,
  clientId: string,
  { db, findSuccessor }: TokenRequestParts,
): Promise<RegisteredClient | undefined> {
  const { grant_type: grant, code, refresh_token: token } = ctx.oidc.params ?? {}
  if (grant === 'authorization_code' && typeof code === 'string') {
    const found = await readCodeRequest(db, { clientId, codeHash: hashOf(code) })
    notesOf(ctx).read = { presented: code, code: found.code }
    return found.client ?? undefined
  }
  if (grant === 'refresh_token' && isRefreshToken(token)) {
    const hashes = { tokenHash: hashOf(token), successorHash: findSuccessor(token).hash }
    const found = await readRefreshRequest(db, { clientId, ...hashes })
    notesOf(ctx).read = { presented: token, refreshToken: found.refreshToken }
    return found.client ?? undefined
  }
  return findRegisteredClient(db, clientId)
}

const isRefreshToken = (value: unknown): value is string =>
  typeof value === 'string' && value.startsWith(refreshTokenPrefix)

/** The person of this request's code or refresh token, where the same statement read it. */
export function personRead(ctx: { req: object }, accountId: string): Person | undefined {
  const person = presentedRead(ctx)?.person
  return person?.id === accountId ? person : undefined
}

/** What the request presents, if it was read and lives. */
export function presentedRead(ctx: { req: object }): Presented | undefined {
  const { read } = notesOf(ctx)
  return read?.code ?? read?.refreshToken ?? undefined
}
