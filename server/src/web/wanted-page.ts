import type { Context } from 'koa'

/**
 * People's own pages, by the word in the addresses of the sign-in on the way there. Every link of
 * theirs begins with it, so it lasts through mails too; what is not listed leads nowhere (A22).
 */
const pages = new Map([
  ['apps', '/account/apps'],
  ['api-keys', '/account/api-keys'],
  ['delete', '/account/delete'],
  // Before the page that it stands below: the first that fits is taken.
  ['new-app', '/admin/apps/new'],
  ['admin', '/admin'],
])

export const wantedPage = (word: string): string | undefined => pages.get(word)

/** To sign in first, and then to the page that was asked for. */
export function signInFirst(ctx: Context): void {
  ctx.redirect(`${signInBase(ctx)}/login`)
  // 303 after a post as well (RFC 9110 15.4.4): what was sent is not sent again.
  ctx.status = 303
}

/** What the addresses of that sign-in begin with; nothing where it leads to the account anyway. */
export function signInBase(ctx: Context): string {
  // As the router compares.
  const path = ctx.path.toLowerCase().replace(/\/$/, '')
  // A change of one thing stands below the page that it is made on.
  const wanted = [...pages].find(([, page]) => `${path}/`.startsWith(`${page}/`))
  return wanted ? `/to/${wanted[0]}` : ''
}
