import type { Context } from 'koa'
import { type Locale, localeOf } from '#web/locale.ts'
import type { LoginParts } from './parts.ts'

/** Where a page of this feature stands: on its own, or within an app's request that goes on later. */
export interface Place {
  /** '' or /auth/interaction/:uid; every address of the flow begins with it. */
  base: string
  locale: Locale
  csrf: string
  /** The app that asked. */
  app?: string
  loginHint?: string
}

export const bases = ['', '/auth/interaction/:uid']

export async function placeOf(
  ctx: Context,
  { interactions }: Pick<LoginParts, 'interactions'>,
): Promise<Place> {
  const csrf = String(ctx.state.csrf)
  if (!ctx.params.uid) return { base: '', locale: localeOf(ctx), csrf }
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
