import type Router from '@koa/router'
import type { RouterContext } from '@koa/router'
import type Koa from 'koa'
import type { Middleware } from 'koa'

export interface MountedRoute {
  method: string
  path: string
}

/** Notes what is mounted, so that a test can ask every address who may come in. */
export function mounting(app: Koa) {
  const routes: MountedRoute[] = []
  const use = (router: Router) => {
    for (const { methods, path } of router.stack) {
      const asked = methods.filter((method) => method !== 'HEAD')
      routes.push(...asked.map((method) => ({ method, path: String(path) })))
    }
    return app.use(ifMayMatch(router))
  }
  return { use, routes }
}

/** A router that has nothing below the first word of a path is passed by: most are, at every request. */
function ifMayMatch(router: Router): Middleware {
  const paths = router.stack.filter(({ methods }) => methods.length > 0).map(({ path }) => path)
  const words = new Set(paths.map((path) => firstWord(String(path))))
  for (const word of words)
    if (!/^[\w.-]*$/.test(word)) throw new Error(`A route begins with ${word}`)
  const [answer, refuseMethod] = [router.routes(), router.allowedMethods()]
  return (ctx, next) => {
    if (!words.has(firstWord(ctx.path))) return next()
    return answer(ctx as RouterContext, () => refuseMethod(ctx as RouterContext, next))
  }
}

/** Routers read paths in any case. */
const firstWord = (path: string) => path.split('/', 2)[1]?.toLowerCase() ?? path
