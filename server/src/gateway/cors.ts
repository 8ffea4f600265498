import type { Context, Next } from 'koa'

/**
 * A preflight has no credential, so it cannot know the client: it is allowed, and the answer itself
 * names the origin only if the token's client registered it (A187). No cookies are ever involved.
 */
export async function crossOrigin(ctx: Context, next: Next): Promise<void> {
  ctx.vary('Origin')
  if (ctx.method === 'OPTIONS' && ctx.get('Access-Control-Request-Method')) {
    ctx.set('Access-Control-Allow-Origin', ctx.get('Origin'))
    ctx.set('Access-Control-Allow-Methods', 'GET')
    ctx.set('Access-Control-Allow-Headers', 'Authorization')
    ctx.set('Access-Control-Max-Age', '600')
    ctx.status = 204
    return
  }
  await next()
}
