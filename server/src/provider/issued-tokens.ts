import type { Context, Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'

/** Outside of the unit of work: what its statement refused was not issued. */
export function issuedTokens(onTokens: (grantType: string) => void): Middleware {
  return async (ctx: Context, next) => {
    await next()
    const { oidc } = ctx as unknown as KoaContextWithOIDC
    if (oidc?.route === 'token' && ctx.status === 200) onTokens(String(oidc.params?.grant_type))
  }
}
