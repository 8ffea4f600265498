import type { Context } from 'koa'
import { findActiveAccount } from '#db/accounts.ts'
import { answerChallenge, claimChallenge, findChallenge } from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { codeHashes } from './challenges.ts'
import { checkMailPage } from './check-mail-page.ts'
import { confirmAddress } from './confirmation.ts'
import { takenPage } from './message-pages.ts'
import type { Login } from './parts.ts'
import { goOn } from './place.ts'
import { enter } from './sign-in.ts'
import { ended, waitingHere } from './waiting-here.ts'

const maxAttempts = 5

/** Goes on by itself once code or link were used, in the browser that asked and nowhere else. */
export async function showCheckMail(ctx: Context, login: Login): Promise<void> {
  const waiting = await waitingHere(ctx, login)
  if (!waiting) return ended(ctx, login)
  const { challenge, page, place, browser } = waiting
  if (!challenge.usedAt) {
    const notYet = ctx.query.opened === 'yes'
    return render(ctx, checkMailPage({ ...page, notYet, resent: ctx.query.sent === 'again' }))
  }
  const accountId = await claimChallenge(login.db, challenge.id, browser)
  const account = accountId ? await findActiveAccount(login.db, accountId) : undefined
  if (!account?.emailVerifiedAt) return ended(ctx, login)
  await enter(ctx, login, place, account)
  // Only there is room to say so.
  if (challenge.purpose === 'reset_password' && !place.base) goOn(ctx, '/account?saved=password')
}

export async function enterCode(ctx: Context, login: Login): Promise<void> {
  const waiting = await waitingHere(ctx, login)
  if (!waiting) return ended(ctx, login)
  const { challenge, page, place, browser } = waiting
  const { id } = challenge
  const words = place.locale.messages.login
  const again = (message: string) =>
    render(ctx, checkMailPage({ ...page, errors: [{ field: 'code', message }] }), 400)

  const typed = (await readForm(ctx)).get('code') ?? ''
  const code = typed.slice(0, 50).normalize('NFKC').replace(/\D/g, '')
  if (code.length !== 6) return again(words.errors.noCode)
  const answer = { id, browserHash: browser, maxAttempts }
  const hashes = codeHashes(login.keys.emailCode, id, code)
  const result = await login.db.transaction(async (tx) => {
    const answered = await answerChallenge(tx, { ...answer, codeHashes: hashes })
    if (answered?.usedAt) return confirmAddress(ctx, login, tx, answered)
    // A double click: the first one was right.
    if (!answered && (await findChallenge(tx, id))?.usedAt) return 'confirmed'
    return { left: maxAttempts - (answered?.attempts ?? maxAttempts) }
  })
  if (result === 'taken') return render(ctx, takenPage(place), 409)
  if (result === 'confirmed') return goOn(ctx, `${place.base}/check-mail/${id}`)
  const { wrongCode, codeVoid } = words.checkMail
  return again(result.left > 0 ? wrongCode(result.left) : codeVoid)
}
