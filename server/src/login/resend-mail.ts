import type { Context } from 'koa'
import { findActiveAccount } from '#db/accounts.ts'
import { deleteChallenge } from '#db/email-challenges.ts'
import { render } from '#web/html.ts'
import { askToReset, askToSignUp, askToVerify } from './asking.ts'
import { checkMailPage } from './check-mail-page.ts'
import { mayMail } from './mail-limits.ts'
import type { Login } from './parts.ts'
import { goOn } from './place.ts'
import { tooManyMails } from './waiting.ts'
import { ended, type Waiting, waitingHere } from './waiting-here.ts'

/** The same mail anew, with another code and link; the old ones end. */
export async function resendMail(ctx: Context, login: Login): Promise<void> {
  const waiting = await waitingHere(ctx, login)
  if (!waiting || waiting.challenge.usedAt) return ended(ctx, login)
  const { challenge, page, place } = waiting
  const wait = await mayMail(login.throttle, { emailKey: challenge.emailKey ?? '', ip: ctx.ip })
  if (wait !== undefined) {
    return render(ctx, checkMailPage({ ...page, errors: [tooManyMails(ctx, place, wait)] }), 429)
  }
  await deleteChallenge(login.db, challenge.id)
  const next = await askAgain(ctx, login, waiting)
  if (!next) return ended(ctx, login)
  return goOn(ctx, `${next}${next.includes('?') ? '&' : '?'}sent=again`)
}

async function askAgain(
  ctx: Context,
  login: Login,
  { challenge, place }: Waiting,
): Promise<string | undefined> {
  const { purpose, accountId, name, passwordHash } = challenge
  const email = { address: challenge.email ?? '', key: challenge.emailKey ?? '' }
  if (purpose === 'reset_password') return askToReset(ctx, login, place, email)
  if (purpose === 'sign_up') {
    const person = { email, name: name ?? '', passwordHash: passwordHash ?? '' }
    return askToSignUp(ctx, login, place, person)
  }
  const account = accountId ? await findActiveAccount(login.db, accountId) : undefined
  return account && askToVerify(ctx, login, place, account)
}
