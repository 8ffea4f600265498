import type { Middleware } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import { allowFormAction } from '#web/headers.ts'

const policyHeader = 'Content-Security-Policy'
const pages = new Set(['authorization', 'resume', 'end_session'])

/**
 * The library answers response_mode=form_post, and a sign-out of nobody, with a page that posts
 * itself. It adds its script's hash to the policy if there is a script-src; the form must be
 * allowed to leave for the client, and so must the page that asks before a sign-out. Every other page
 * keeps the policy without scripts.
 */
export function formPostPolicy(): Middleware {
  return async (ctx, next) => {
    const policy = ctx.response.get(policyHeader)
    ctx.set(policyHeader, `${policy}; script-src 'self'`)
    await next()
    // fedcm.ts
    if (ctx.state.hasOwnPolicy) return
    const { oidc } = ctx as unknown as KoaContextWithOIDC
    const allowed = ctx.response.get(policyHeader)
    const [script] = /'sha256-[\w+/=]+'/.exec(allowed) ?? []
    ctx.set(policyHeader, policy)
    if (!pages.has(oidc?.route ?? '') || ctx.status >= 400) return
    const isSignOut = oidc.route === 'end_session'
    const target = isSignOut ? oidc.params?.post_logout_redirect_uri : oidc.params?.redirect_uri
    if ((isSignOut || script) && typeof target === 'string') allowFormAction(ctx, target)
    if (script) ctx.set(policyHeader, `${ctx.response.get(policyHeader)}; script-src ${script}`)
  }
}
