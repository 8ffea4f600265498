import type { Context, Middleware } from 'koa'
import type { Provider } from 'oidc-provider'
import { readForm } from '#web/body.ts'
import { Problem } from '#web/problem.ts'
import { discoveryPaths, routes } from './routes.ts'

/** What the provider answers, and by which methods; for anything else it has no words. */
export const endpoints: [path: string, methods: string][] = [
  [routes.authorization, 'GET, HEAD, POST'],
  [`${routes.authorization}/:uid`, 'GET, HEAD'],
  [routes.end_session, 'GET, HEAD, POST'],
  [`${routes.end_session}/confirm`, 'POST'],
  [`${routes.end_session}/success`, 'GET, HEAD'],
  [routes.token, 'POST, OPTIONS'],
  [routes.introspection, 'POST, OPTIONS'],
  [routes.revocation, 'POST, OPTIONS'],
  [routes.userinfo, 'GET, HEAD, POST, OPTIONS'],
  [routes.jwks, 'GET, HEAD, OPTIONS'],
  ...discoveryPaths.map((path): [string, string] => [path, 'GET, HEAD, OPTIONS']),
]

/** For those who count requests by address. */
export const providerPaths = endpoints.map(([path]) => path)

/** The seconds to wait when an address asked too often. */
export type AuthorizeLimit = (ip: string) => Promise<number | undefined>

/** Hands the provider its own addresses and nothing else; it answers on the bare response. */
export function mountProvider(provider: Provider, tooOften: AuthorizeLimit): Middleware {
  const callback = provider.callback()
  return async (ctx, next) => {
    const methods = methodsOf(ctx.path)
    if (methods === undefined) return next()
    if (!methods.split(', ').includes(ctx.method)) {
      ctx.status = 405
      ctx.set('Allow', methods)
      return
    }
    if (ctx.method === 'POST' && isPage(ctx.path)) return askByGet(ctx)
    if (ctx.path === routes.authorization) {
      const wait = await tooOften(ctx.ip)
      if (wait !== undefined) throw tooMany(wait)
    }
    ctx.respond = false
    await callback(ctx.req, ctx.res)
  }
}

function methodsOf(path: string): string | undefined {
  const pattern = path.replace(/^(\/auth\/authorize)\/[^/]+$/, '$1/:uid')
  return endpoints.find(([known]) => known === pattern)?.[1]
}

const isPage = (path: string) => path === routes.authorization || path === routes.end_session

/** Node takes 16 KiB of request line and headers. */
const longestAddress = 12 * 1024

/**
 * OIDC Core 3.1.2.1 and RP-Initiated Logout 2 want POST as well. A post from another site comes
 * without our SameSite=Lax cookies; as a GET it finds the person signed in.
 */
async function askByGet(ctx: Context): Promise<void> {
  const address = `${ctx.path}?${await readForm(ctx)}`
  if (address.length > longestAddress) {
    throw new Problem(413, 'body-too-large', 'The request is too long.')
  }
  ctx.redirect(address)
  ctx.status = 303
}

const tooMany = (seconds: number) =>
  new Problem(429, 'too-many-requests', `Wait ${seconds} seconds and try again.`, {
    headers: { 'Retry-After': String(seconds) },
  })
