import type { Middleware } from 'koa'
import type { Provider } from 'oidc-provider'
import { discoveryPaths, routes } from './routes.ts'

const exact = new Set<string>([...Object.values(routes), ...discoveryPaths])
const below = [`${routes.authorization}/`, `${routes.end_session}/`]

/** Hands the provider its own addresses and nothing else; it answers on the bare response. */
export function mountProvider(provider: Provider): Middleware {
  const callback = provider.callback()
  return async (ctx, next) => {
    if (!exact.has(ctx.path) && !below.some((prefix) => ctx.path.startsWith(prefix))) return next()
    ctx.respond = false
    await callback(ctx.req, ctx.res)
  }
}
