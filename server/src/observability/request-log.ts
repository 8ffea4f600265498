import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import type { Logger } from 'pino'

/**
 * Gives every request an id, which error pages and the audit trail name, and logs one line when it
 * is answered. Query strings are left out and long path segments shortened: both carry credentials.
 */
export function requestLog(log: Logger): Middleware {
  return async (ctx, next) => {
    const id = randomUUID()
    const started = performance.now()
    ctx.state.requestId = id
    ctx.set('X-Request-Id', id)
    ctx.res.once('close', () => {
      const ms = Math.round(performance.now() - started)
      const { method } = ctx
      log.info(
        { id, method, path: loggedPath(ctx.path), status: ctx.res.statusCode, ms },
        'request',
      )
    })
    await next()
  }
}

const known = /^(openid-configuration|oauth-authorization-server|use-another-account|[a-z-]{1,24})$/

/** /auth/interaction/q3J…x/login becomes /auth/interaction/:id/login. */
export function loggedPath(path: string): string {
  return path
    .slice(0, 200)
    .split('/')
    .map((segment) => (segment.length > 12 && !known.test(segment) ? ':id' : segment))
    .join('/')
    .replace(/[^\x20-\x7e]/g, '?')
}
