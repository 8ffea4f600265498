import Router from '@koa/router'
import type { Context } from 'koa'
import type { Credential } from './credential.ts'
import { type Call, type Decide, readCall } from './decision.ts'
import { ApiError, answerError, asApiError } from './errors.ts'
import type { IdentityHeaders } from './identity.ts'

interface ForwardAuthParts {
  issuer: string
  decide: Decide
  identityOf(credential: Credential): Promise<IdentityHeaders>
  noteUse(credential: Credential, scopes: string[]): void
}

interface Asked {
  /** undefined: nothing of the API. */
  call: Call | undefined
  path: string
  /** nginx understands 401 and 403 as refusals, and takes everything else for a failure of ours. */
  plainly: boolean
}

/**
 * "May this call pass?" for a platform that keeps its own proxy: the gateway's decision, and whom
 * the call is for in the headers of the answer.
 */
export function forwardAuthRoutes(parts: ForwardAuthParts): Router {
  const router = new Router()
  router.get('/api/forward-auth', async (ctx) => {
    const version = { current: 'v2' as Call['version'], path: '', plainly: true }
    try {
      const { call, path, plainly } = askedFor(ctx)
      Object.assign(version, { current: call?.version ?? 'v2', path, plainly })
      if (!call) throw new ApiError(403, 'This address is not of the API.')
      const { credential, scopes } = await parts.decide(ctx, call)
      parts.noteUse(credential, scopes)
      ctx.set(await parts.identityOf(credential))
      ctx.body = ''
      ctx.status = 200
    } catch (caught) {
      const { issuer } = parts
      answerError(ctx, asApiError(caught), { version: version.current, issuer, path: version.path })
      if (version.plainly && ctx.status !== 401 && ctx.status < 500) ctx.status = 403
    }
  })
  return router
}

/**
 * What the proxy asks about. nginx names it in X-Original-*, Traefik and Caddy in X-Forwarded-*.
 * Each overwrites its own pair and lets the other pass as the client sent it, so with both there is
 * no telling which is true. A proxy's word counts only where TRUST_PROXY names it, and without one
 * that is named, X-Original-* from this machine: the answer says whom a credential is for, in words
 * that a platform believes.
 */
function askedFor(ctx: Context): Asked {
  const { 'x-original-method': method, 'x-original-uri': uri } = ctx.req.headers
  const forwarded = ctx.state.forwardedCall as {
    method: unknown
    uri: unknown
    isBelieved: boolean
    isLocal(): boolean
  }
  const isOriginal = method !== undefined || uri !== undefined
  const isForwarded = forwarded.method !== undefined || forwarded.uri !== undefined
  if (isOriginal === isForwarded) {
    throw new ApiError(403, 'Name the call in X-Original-* or in X-Forwarded-*, in one of them.')
  }
  if (isOriginal && (forwarded.isBelieved || forwarded.isLocal())) {
    return { ...read(method, uri), plainly: true }
  }
  if (isForwarded && forwarded.isBelieved)
    return { ...read(forwarded.method, forwarded.uri), plainly: false }
  throw new ApiError(403, 'TRUST_PROXY does not name the proxy that asks.')
}

function read(method: unknown, uri: unknown) {
  const [asMethod, asUri] = [String(method ?? ''), String(uri ?? '')]
  const path = asUri.split('?')[0] ?? ''
  return { call: asMethod ? readCall(asMethod, asUri) : undefined, path }
}
