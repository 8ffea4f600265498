import type { Context } from 'koa'

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Of what a router answers its pattern; of the rest the listed paths, whose last segment may be :any. */
export type RouteLabel = (ctx: Context) => string

/** Few values, whatever is asked: one for each made-up path would fill the memory. */
export function routeLabels(listed: readonly string[]): RouteLabel {
  const known = new Set(listed)
  const open = listed.filter((path) => /\/:\w+$/.test(path))
  const below = new Map(open.map((path) => [parent(path), path]))
  return (ctx) => {
    const routed = routerPattern(ctx)
    if (routed) return routed
    return known.has(ctx.path) ? ctx.path : (below.get(parent(ctx.path)) ?? 'other')
  }
}

/** Not ctx._matchedRoute: where middleware of a router refuses, that is the middleware's. */
function routerPattern(ctx: Context): string | undefined {
  const { matched = [] } = ctx as { matched?: { path: unknown; methods: string[] }[] }
  const routes = matched.filter(({ methods }) => methods.length > 0)
  const route = routes.find(({ methods }) => methods.includes(ctx.method)) ?? routes[0]
  return typeof route?.path === 'string' ? route.path : undefined
}

export const methodLabel = (method: string): string => (methods.has(method) ? method : 'other')

const parent = (path: string) => path.slice(0, path.lastIndexOf('/'))
