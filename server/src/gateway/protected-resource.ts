import Router from '@koa/router'
import { cacheable } from '#web/headers.ts'

/** RFC 9728 3.2: where a client that was refused learns who issues tokens for this API. */
export function protectedResourceRoutes({
  issuer,
  scopes,
}: {
  issuer: string
  scopes: readonly string[]
}): Router {
  const router = new Router()
  router.get('/.well-known/oauth-protected-resource', (ctx) => {
    cacheable(ctx, 'public, max-age=300')
    ctx.set('Access-Control-Allow-Origin', '*')
    ctx.body = {
      resource: issuer,
      authorization_servers: [issuer],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
    }
  })
  return router
}
