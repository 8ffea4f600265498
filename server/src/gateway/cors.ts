import type { Context } from 'koa'
import type { Credential } from './credential.ts'
import { ApiError } from './errors.ts'

/** Whether any client registered this origin. */
export type KnowsOrigin = (origin: string) => Promise<boolean>

const exposed = [
  ...['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset', 'Retry-After'],
  ...['WWW-Authenticate', 'X-Sandbox', 'X-Request-Id', 'Content-Disposition', 'Mcp-Session-Id'],
]

const sendable = [
  ...['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Team-Id'],
  ...['Mcp-Protocol-Version', 'Mcp-Session-Id', 'Last-Event-ID'],
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
    'Access-Control-Allow-Headers': sendable.join(', '),
    'Access-Control-Max-Age': '600',
  })
}

/**
 * From a page an app is called from where it registered, or not at all: an answer that the page may
 * not read would have done its work all the same. Errors are readable too, so this comes before
 * limits and scopes. API keys are for no page (no CORS), and our own pages call as they like.
 */
export function allowOrigin(
  ctx: Context,
  { kind, allowedOrigins }: Credential,
  ownOrigin: string,
): void {
  const origin = ctx.get('Origin')
  if (!origin || origin === ownOrigin || kind === 'api_key') return
  if (!allowedOrigins.includes(origin)) {
    throw new ApiError(403, 'This app is not registered for calls from this origin.')
  }
  letRead(ctx, origin)
}

/** Of a token that is no more nobody knows whose it was: who has a registered page reads that it is. */
export async function letReadRefusal(ctx: Context, knowsOrigin: KnowsOrigin): Promise<void> {
  const origin = ctx.get('Origin')
  if (origin && (await knowsOrigin(origin).catch(() => false))) letRead(ctx, origin)
}

function letRead(ctx: Context, origin: string): void {
  ctx.set('Access-Control-Allow-Origin', origin)
  ctx.set('Access-Control-Expose-Headers', exposed.join(', '))
}
