import type { Context } from 'koa'
import { findChallengeByLink, useChallengeByLink } from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { browserHash } from './asking-browser.ts'
import { linkHash } from './challenges.ts'
import { confirmAddress } from './confirmation.ts'
import { confirmPage } from './link-pages.ts'
import { confirmedPage, takenPage } from './message-pages.ts'
import type { Login } from './parts.ts'
import { goOn, placeOf } from './place.ts'
import { ended } from './waiting-here.ts'

const purposes = ['sign_up' as const, 'verify_email' as const]

/** Mail scanners open links: looking only shows a button. */
export async function showMailLink(ctx: Context, login: Login): Promise<void> {
  const secret = secretOf(ctx.query.t)
  const challenge = await findChallengeByLink(login.db, purposes, linkHash(secret))
  if (!challenge) return ended(ctx, login)
  const purpose = challenge.purpose === 'sign_up' ? 'sign_up' : 'verify_email'
  const facts = { purpose, email: challenge.email ?? '' } as const
  const sameBrowser = isAsker(ctx, login, challenge)
  const place = await placeOf(ctx, login)
  return render(ctx, confirmPage({ place, secret, sameBrowser, ...facts }))
}

/** The browser that asked goes on to what it wanted; any other one is sent back to it. */
export async function useMailLink(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  const secret = secretOf((await readForm(ctx)).get('t'))
  const result = await login.db.transaction(async (tx) => {
    const challenge = await useChallengeByLink(tx, purposes, linkHash(secret))
    return challenge && { challenge, outcome: await confirmAddress(ctx, login, tx, challenge) }
  })
  if (!result) return ended(ctx, login)
  const { challenge, outcome } = result
  if (outcome === 'taken') return render(ctx, takenPage(place), 409)
  if (!isAsker(ctx, login, challenge)) return render(ctx, confirmedPage(place))
  return goOn(ctx, ownPath(challenge.continueTo))
}

export const secretOf = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value) ? value : ''

export function isAsker(
  ctx: Context,
  { secure }: Login,
  challenge: { browserHash: Uint8Array | null },
): boolean {
  const mine = browserHash(ctx, secure)
  return Boolean(mine && challenge.browserHash && mine.equals(challenge.browserHash))
}

/** We wrote it ourselves; were that ever otherwise, it still leads nowhere else (A22). */
export const ownPath = (path: string | null): string =>
  path && /^\/(?![/\\])[\w\-/]*$/.test(path) ? path : '/login'
