import type { Context, Next } from 'koa'
import { findActiveAccount } from '#db/accounts.ts'
import { signedInPage, whomPage } from './pages.ts'
import type { FedcmParts } from './parts.ts'
import { signedIn } from './requests.ts'

/**
 * The window of login_url, which browsers open for two reasons without saying which: their dialog
 * knows of nobody here, or is to show somebody else. It had the person on its list if its cookie is
 * right, so then the person says; otherwise it learns who is signed in, and goes on.
 */
export function openWindow(parts: FedcmParts) {
  return async (ctx: Context, next: Next): Promise<void> => {
    const id = await parts.sessions.accountId(ctx)
    const account = id ? await findActiveAccount(parts.db, id) : undefined
    if (!account) return next()
    const { email } = account
    const hint = ctx.query.login_hint
    const isMeant = hint === undefined || hint === email || hint === id
    const isListed = (await signedIn(ctx, parts))?.account.id === id
    if (isMeant && !isListed) return close(ctx, parts, account.id)
    return whomPage(ctx, { email, query: ctx.search })
  }
}

/** Whoever has just signed in, or goes on as who they are. */
export function closeWindow(parts: FedcmParts) {
  return async (ctx: Context): Promise<void> => {
    const id = await parts.sessions.accountId(ctx)
    if (id) return close(ctx, parts, id)
    ctx.status = 303
    ctx.redirect('/fedcm/login')
  }
}

async function close(ctx: Context, parts: FedcmParts, accountId: string): Promise<void> {
  const uid = await parts.sessions.sessionUid(ctx)
  if (uid) parts.fedcmCookie.set(ctx, { uid, accountId })
  signedInPage(ctx)
}
