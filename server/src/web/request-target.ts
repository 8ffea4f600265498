import type { Context, Middleware } from 'koa'

/**
 * A request may name a whole address (RFC 9112 3.2.2), and some of those cannot be read, such as
 * http://a:b:c/, or have no path, such as a://b. Koa reads it anew at each look at the path, also when
 * the answer is over and nobody would catch what it throws: such a request is for nothing that is here.
 */
export function requestTarget(): Middleware {
  return (ctx, next) => {
    if (!hasPath(ctx)) ctx.url = '*'
    return next()
  }
}

function hasPath(ctx: Context): boolean {
  try {
    return Boolean(ctx.path)
  } catch {
    return false
  }
}
