import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { DatabaseUnavailable } from '#db/database-errors.ts'
import { cacheable } from '#web/headers.ts'
import { notesOf } from './request-notes.ts'
import { UnknownSuccessorKey } from './store/successors.ts'
import { wireError } from './token-errors.ts'

/**
 * Puts our part into what the library answered: the fields that apps written for AutoGPT read
 * beside the RFC's, errors a developer can act on, 503 when the database is away.
 */
export function answers(): Middleware {
  return async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as KoaContextWithOIDC
    if (!oidc) return
    if (isUnknownKind(ctx, oidc)) answerInactive(ctx)
    else if (isError(ctx.body)) answerError(ctx, oidc)
    else if (ctx.status === 200) answerSuccess(ctx, oidc)
  }
}

type Body = Record<string, unknown>

const isError = (body: unknown): body is Body & { error: string } =>
  typeof body === 'object' && body !== null && typeof (body as Body).error === 'string'

// RFC 7662 2.2: whatever is no living token of ours is not active. The library refuses a JWT instead.
const isUnknownKind = (ctx: Context, { route }: KoaContextWithOIDC['oidc']): boolean =>
  route === 'introspection' && isError(ctx.body) && ctx.body.error === 'unsupported_token_type'

function answerInactive(ctx: Context): void {
  delete notesOf(ctx).error
  ctx.status = 200
  ctx.body = { active: false }
}

/** Never invalid_grant, at which clients throw their sessions away. */
export function answerOutage(ctx: Context): void {
  ctx.status = 503
  ctx.set('Retry-After', '2')
  const text = 'the service is briefly unavailable; try again'
  ctx.body = { error: 'temporarily_unavailable', error_description: text, detail: text }
}

function answerError(ctx: Context, oidc: KoaContextWithOIDC['oidc']): void {
  const notes = notesOf(ctx)
  if (notes.error instanceof DatabaseUnavailable || notes.error instanceof UnknownSuccessorKey) {
    answerOutage(ctx)
    return
  }
  const form = {
    grantType: oidc.params?.grant_type as string | undefined,
    codeVerifier: oidc.params?.code_verifier as string | undefined,
  }
  const { status } = ctx
  ctx.body = wireError(ctx.body as Body, notes, form)
  ctx.status = status
}

function answerSuccess(ctx: Context, oidc: KoaContextWithOIDC['oidc']): void {
  const body = ctx.body as Body
  if (oidc.route === 'token' && body.access_token) ctx.body = { ...body, ...tokenTimes(ctx, body) }
  else if (oidc.route === 'introspection' && body.active) ctx.body = introspection(ctx, oidc, body)
  else if (oidc.route === 'revocation') ctx.body = { status: 'ok' }
  else if (oidc.route === 'discovery' || oidc.route === 'jwks') {
    cacheable(ctx, 'public, max-age=300')
  }
}

const isoTime = (epochSeconds: number) => new Date(epochSeconds * 1000).toISOString()
const scopesOf = (body: Body) =>
  String(body.scope ?? '')
    .split(' ')
    .filter(Boolean)

function tokenTimes(ctx: Context, body: Body): Body {
  const now = Math.floor(Date.now() / 1000)
  const { refreshTokenExpiresAt } = notesOf(ctx)
  return {
    access_token_expires_at: isoTime(now + Number(body.expires_in)),
    ...(body.refresh_token && refreshTokenExpiresAt
      ? { refresh_token_expires_at: isoTime(refreshTokenExpiresAt) }
      : {}),
    scope: body.scope ?? '',
    scopes: scopesOf(body),
  }
}

function introspection(ctx: Context, oidc: KoaContextWithOIDC['oidc'], body: Body): Body {
  const { token_type: standardType, ...rest } = body
  const kind = oidc.entities.RefreshToken ? 'refresh_token' : 'access_token'
  const type = notesOf(ctx).json ? kind : standardType
  return {
    ...rest,
    ...(type ? { token_type: type } : {}),
    ...(body.sub ? { user_id: body.sub } : {}),
    scopes: scopesOf(body),
  }
}
