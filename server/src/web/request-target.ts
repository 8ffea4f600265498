import type { Middleware } from 'koa'

/**
 * A request may name a whole address (RFC 9112 3.2.2), and some of those cannot be read, such as
 * http://a:b:c/. Koa reads it anew at each look at the path, also when the answer is over and nobody
 * would catch what it throws: such a request is for nothing that is here.
 */
export function requestTarget(): Middleware {
  return (ctx, next) => {
    try {
      void ctx.path
    } catch {
      ctx.url = '*'
    }
    return next()
  }
}
