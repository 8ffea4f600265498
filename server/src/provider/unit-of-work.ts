import type { Context, Middleware } from 'koa'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { NewAccessToken } from '#db/access-tokens.ts'
import { findAuthorizationCode } from '#db/authorization-codes.ts'
import type { Db } from '#db/database.ts'
import { findRefreshToken, type NewRefreshToken } from '#db/refresh-tokens.ts'
import { endFamily } from '#db/token-families.ts'
import { redeemAuthorizationCode, rotateRefreshToken } from '#db/token-requests.ts'
import { notesOf, type RequestNotes } from './request-notes.ts'
import { unlessGone } from './store/gone.ts'
import type { Successor, SuccessorFinder } from './store/successors.ts'
import { hashOf } from './token-ids.ts'

/** What a token request spends and what it gives for it. The stores put it together. */
export interface Work {
  spent: { kind: 'code'; hash: Buffer } | { kind: 'refresh'; token: string; successor: Successor }
  accessToken?: NewAccessToken
  refreshToken?: NewRefreshToken
}

/**
 * The library spends a code or refresh token, then stores one token after the other. Here all of it
 * is one statement, sent when the library is done and before the client is answered: a crash leaves
 * everything or nothing, and who gets an answer has tokens that are stored.
 */
export function unitOfWork(parts: Parts): Middleware {
  return async (ctx, next) => {
    await next()
    const notes = notesOf(ctx)
    if (!notes.work || ctx.status !== 200) return
    try {
      await unlessGone(commit(parts, ctx, notes.work))
    } catch (error) {
      refuse(ctx, error as Error)
    }
  }
}

interface Parts {
  db: Db
  findSuccessor: SuccessorFinder
}

function commit(parts: Parts, ctx: Context, work: Work): Promise<void> {
  const { spent, accessToken, refreshToken } = work
  if (!accessToken) throw new Error('a token request ended without an access token')
  if (spent.kind === 'code') {
    return redeem(parts.db, notesOf(ctx), spent, { accessToken, refreshToken })
  }
  if (!refreshToken) throw new Error('a refresh token was spent without a successor')
  return rotate(parts, ctx, spent, { accessToken, refreshToken })
}

async function redeem(
  db: Db,
  notes: RequestNotes,
  { hash }: { hash: Buffer },
  issued: { accessToken: NewAccessToken; refreshToken: NewRefreshToken | undefined },
): Promise<void> {
  if (await redeemAuthorizationCode(db, hash, issued)) {
    if (issued.refreshToken) notes.refreshTokenExpiresAt = issued.refreshToken.expiresAt
    return
  }
  // Somebody was faster, by the right client with the right verifier: usually a double click.
  const now = await findAuthorizationCode(db, hash)
  if (now?.consumed) notes.codeReuse = { familyId: now.familyId, doubleClick: now.doubleClick }
  throw new errors.InvalidGrant('authorization code already used')
}

/** What can not be spent any more by its own client is reuse (RFC 9700 4.14.2). */
async function rotate(
  parts: Parts,
  ctx: Context,
  { token, successor }: { token: string; successor: Successor },
  issued: { accessToken: NewAccessToken; refreshToken: NewRefreshToken },
): Promise<void> {
  const { db, findSuccessor } = parts
  const rotation = { ...issued, successorKey: successor.keyId }
  const expiresAt = await rotateRefreshToken(db, hashOf(token), rotation)
  if (expiresAt !== undefined) {
    notesOf(ctx).refreshTokenExpiresAt = expiresAt
    return
  }
  const now = await findRefreshToken(db, hashOf(token), successor.hash)
  if (now?.reuse) await endFamily(db, now.familyId, 'refresh_reuse')
  else if (now?.successorKey && now.successorKey !== successor.keyId) {
    // Another node was faster, under another key: what it gave is given here, if it still may be.
    const theirs = findSuccessor(token, now.successorKey)
    const refreshToken = { ...issued.refreshToken, tokenHash: theirs.hash }
    await rotate(parts, ctx, { token, successor: theirs }, { ...issued, refreshToken })
    ctx.body = { ...(ctx.body as object), refresh_token: theirs.token }
    return
  }
  throw new errors.InvalidGrant('refresh token already used')
}

/** The library has no say any more: its success is taken back in its own way (RFC 6749 5.2). */
function refuse(ctx: Context, error: Error): void {
  const { provider } = (ctx as unknown as KoaContextWithOIDC).oidc
  const known = error instanceof errors.OIDCProviderError
  ctx.status = known ? error.statusCode : 500
  ctx.body = {
    error: known ? error.error : 'server_error',
    error_description: known ? error.error_description : 'oops! something went wrong',
  }
  provider.emit(known ? 'grant.error' : 'server_error', ctx, error)
}
