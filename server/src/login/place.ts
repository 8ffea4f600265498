import type { Context } from 'koa'
import { type Locale, localeOf } from '#web/locale.ts'
import { found } from '#web/problem.ts'
import { wantedPage } from '#web/wanted-page.ts'
import type { LoginParts } from './parts.ts'

/** Where a page of this feature stands: on its own, or within an app's request that goes on later. */
export interface Place {
  /** One of the bases; every address of the flow begins with it. */
  base: string
  /** Where a sign-in of its own leads; undefined: an app's request goes on. */
  next?: string
  locale: Locale
  csrf: string
  /** The app that asked. */
  app?: string
  loginHint?: string
}

/**
 * On its own, on the way to a page of ours, for the browser's dialog (FedCM's login_url), within an
 * app's request.
 */
export const bases = ['', '/to/:page', '/fedcm', '/auth/interaction/:uid']

export async function placeOf(
  ctx: Context,
  { interactions }: Pick<LoginParts, 'interactions'>,
): Promise<Place> {
  const csrf = String(ctx.state.csrf)
  if (ctx.path.startsWith('/fedcm/')) {
    const { login_hint: hint } = ctx.query
    const loginHint = typeof hint === 'string' && hint.slice(0, 254)
    const place = { base: '/fedcm', next: '/fedcm/signed-in', locale: localeOf(ctx), csrf }
    return { ...place, ...(loginHint && { loginHint }) }
  }
  const { page, uid: request } = ctx.params
  if (page) {
    const next = found(wantedPage(page), 'page')
    return { base: `/to/${page}`, next, locale: localeOf(ctx), csrf }
  }
  if (!request) return { base: '', next: '/account', locale: localeOf(ctx), csrf }
  const { uid, clientName, loginHint, uiLocales } = await interactions.find(ctx)
  return {
    base: `/auth/interaction/${uid}`,
    locale: localeOf(ctx, uiLocales),
    csrf,
    app: clientName,
    ...(loginHint && { loginHint: loginHint.slice(0, 254) }),
  }
}

/** 303 after a post, never 307 (RFC 9700 4.12). */
export function goOn(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
}
