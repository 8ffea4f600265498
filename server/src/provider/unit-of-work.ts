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

/** What a token request spends and what it gives for it. The stores put it together. */
export interface Work {
  spent: { kind: 'code'; hash: Buffer } | { kind: 'refresh'; hash: Buffer; successorHash: Buffer }
  accessToken?: NewAccessToken
  refreshToken?: NewRefreshToken
}

/**
 * The library spends a code or refresh token, then stores one token after the other. Here all of it
 * is one statement, sent when the library is done and before the client is answered: a crash leaves
 * everything or nothing, and who gets an answer has tokens that are stored.
 */
export function unitOfWork(db: Db): Middleware {
  return async (ctx, next) => {
    await next()
    const notes = notesOf(ctx)
    if (!notes.work || ctx.status !== 200) return
    try {
      await unlessGone(commit(db, notes, notes.work))
    } catch (error) {
      refuse(ctx, error as Error)
    }
  }
}

function commit(db: Db, notes: RequestNotes, work: Work): Promise<void> {
  const { spent, accessToken, refreshToken } = work
  if (!accessToken) throw new Error('a token request ended without an access token')
  if (spent.kind === 'code') return redeem(db, notes, spent, { accessToken, refreshToken })
  if (!refreshToken) throw new Error('a refresh token was spent without a successor')
  return rotate(db, notes, spent, { accessToken, refreshToken })
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
  db: Db,
  notes: RequestNotes,
  { hash, successorHash }: { hash: Buffer; successorHash: Buffer },
  issued: { accessToken: NewAccessToken; refreshToken: NewRefreshToken },
): Promise<void> {
  const expiresAt = await rotateRefreshToken(db, hash, issued)
  if (expiresAt !== undefined) {
    notes.refreshTokenExpiresAt = expiresAt
    return
  }
  const now = await findRefreshToken(db, hash, successorHash)
  if (now?.reuse) await endFamily(db, now.familyId, 'refresh_reuse')
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
