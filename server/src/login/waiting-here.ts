import type { Context } from 'koa'
import { type EmailChallenge, findChallenge } from '#db/email-challenges.ts'
import { render } from '#web/html.ts'
import { browserHash } from './asking-browser.ts'
import type { CheckMailPage } from './check-mail-page.ts'
import { endedPage } from './message-pages.ts'
import type { Login } from './parts.ts'
import { type Place, placeOf } from './place.ts'

export interface Waiting {
  place: Place
  challenge: Mailed
  browser: Buffer
  page: Omit<CheckMailPage, 'errors' | 'resent' | 'notYet'>
}

/** What this page waits for, if this browser asked for it; the id in the address proves nothing. */
export async function waitingHere(ctx: Context, login: Login): Promise<Waiting | undefined> {
  const place = await placeOf(ctx, login)
  const id = String(ctx.params.id)
  const browser = browserHash(ctx, login.secure)
  const challenge = browser ? await findChallenge(login.db, id) : undefined
  if (!challenge || !browser || !isWaitedFor(challenge)) return undefined
  if (!challenge.browserHash || !browser.equals(challenge.browserHash)) return undefined
  const { purpose, email } = challenge
  const messagePath = messagePathOf(ctx.query.message)
  return {
    place,
    challenge,
    browser,
    page: { place, id, purpose, email: email ?? '', messagePath },
  }
}

export async function ended(ctx: Context, login: Login): Promise<void> {
  return render(ctx, endedPage(await placeOf(ctx, login)), 404)
}

type Mailed = EmailChallenge & { purpose: CheckMailPage['purpose'] }

const isWaitedFor = (challenge: EmailChallenge): challenge is Mailed =>
  ['sign_up', 'verify_email', 'reset_password'].includes(challenge.purpose)

const messagePathOf = (name: unknown) =>
  typeof name === 'string' && /^[\w-]{1,60}$/.test(name) ? `/outbox/${name}` : undefined
