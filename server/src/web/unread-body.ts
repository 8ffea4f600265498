import type { Middleware } from 'koa'

/**
 * A body that no route wanted to read, perhaps one without end, ends with its connection: Node
 * would go on reading it politely (A146).
 */
export function unreadBody(): Middleware {
  return async (ctx, next) => {
    await next()
    if (!ctx.req.complete && !ctx.headerSent) ctx.set('Connection', 'close')
  }
}
