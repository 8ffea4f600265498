import type { Context } from 'koa'
import type { Credential } from './credential.ts'

/** Whether any client registered this origin. */
export type KnowsOrigin = (origin: string) => Promise<boolean>

const exposed = [
  ...['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After'],
  ...['WWW-Authenticate', 'X-Sandbox', 'X-Request-Id', 'Content-Disposition'],
]

/**
 * A preflight has no credential, so it cannot know the client: an origin that some client registered
 * may ask, and the answer itself names the origin only if it is the credential's own (A187). No
 * cookies are ever involved.
 */
export async function answerPreflight(
  ctx: Context,
  allowed: string[],
  knowsOrigin: KnowsOrigin,
): Promise<void> {
  ctx.set('Allow', [...allowed, 'OPTIONS'].join(', '))
  ctx.status = 204
  const origin = ctx.get('Origin')
  if (!origin || !ctx.get('Access-Control-Request-Method')) return
  if (!(await knowsOrigin(origin))) return
  ctx.set({
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': allowed.join(', '),
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, Idempotency-Key, X-Team-Id',
    'Access-Control-Max-Age': '600',
  })
}

/** Errors for lack of a scope are readable too, so this comes before the scopes are looked at. */
export function allowOrigin(ctx: Context, { allowedOrigins }: Credential): void {
  const origin = ctx.get('Origin')
  if (!origin || !allowedOrigins.includes(origin)) return
  ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Expose-Headers', exposed.join(', '))
}
