import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

type FailureLimit = 'client_failure' | 'grant_failure'

export interface FailureThrottle {
  /** The seconds to wait when that was one too many. */
  take(limit: FailureLimit, key: string): Promise<number | undefined>
}

const guarded = new Set(['token', 'introspection', 'revocation'])

/**
 * Slows down whoever guesses secrets (A68) or codes (A41): counted for a client and an address
 * together, and only failures, so that nobody can lock a client out of its own tokens.
 */
export function failureLimit(throttle: FailureThrottle): Middleware {
  return async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as KoaContextWithOIDC
    const limit = limitFor((ctx.body as { error?: unknown } | undefined)?.error)
    if (!limit || !guarded.has(oidc?.route ?? '')) return
    const wait = await throttle.take(limit, `${clientIdOf(ctx, oidc)} ${ctx.ip}`)
    if (wait === undefined) return
    const text = `too many failed requests; wait ${wait} seconds`
    ctx.status = 429
    ctx.set('Retry-After', String(wait))
    ctx.body = { error: 'temporarily_unavailable', error_description: text, detail: text }
  }
}

function limitFor(error: unknown): FailureLimit | undefined {
  if (error === 'invalid_client') return 'client_failure'
  return error === 'invalid_grant' ? 'grant_failure' : undefined
}

/** Whom it claims to be, proven or not. */
function clientIdOf(ctx: { get(name: string): string }, oidc: KoaContextWithOIDC['oidc']): string {
  const named = oidc.client?.clientId ?? oidc.params?.client_id
  if (typeof named === 'string') return named
  const [, basic = ''] = /^basic (.+)$/i.exec(ctx.get('authorization')) ?? []
  return Buffer.from(basic, 'base64').toString().split(':', 1)[0] ?? ''
}
