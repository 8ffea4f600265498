import type { Context } from 'koa'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import {
  type ChallengePurpose,
  type EmailChallenge,
  findChallengeByLink,
  forgetChallengeBrowser,
  useChallengeByLink,
} from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { linkHash } from './challenges.ts'
import { choosePasswordPage } from './link-pages.ts'
import { isAsker, ownPath, secretOf } from './mail-links.ts'
import { passwordSavedPage } from './message-pages.ts'
import type { Login } from './parts.ts'
import { changePassword, mailPasswordChanged } from './password-change.ts'
import { goOn, placeOf } from './place.ts'
import { ended } from './waiting-here.ts'

const purposes: ChallengePurpose[] = ['reset_password', 'set_password']

export async function showNewPassword(ctx: Context, login: Login): Promise<void> {
  const secret = secretOf(ctx.query.t)
  const owner = await ownerOf(login, secret)
  if (!owner) return ended(ctx, login)
  const place = await placeOf(ctx, login)
  return render(ctx, choosePasswordPage({ place, secret, email: owner.account.email }))
}

export async function saveNewPassword(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  const form = await readForm(ctx)
  const secret = secretOf(form.get('t'))
  const owner = await ownerOf(login, secret)
  if (!owner) return ended(ctx, login)
  const { account } = owner

  const password = form.get('password') ?? ''
  const words = place.locale.messages.login
  const weakness = login.passwords.weakness(password, account)
  if (weakness) {
    const message = password ? words.weakness[weakness] : words.errors.noPassword
    const errors = [{ field: 'password', message }]
    const page = choosePasswordPage({ place, secret, email: account.email, errors })
    return render(ctx, page, 400)
  }
  const passwordHash = await login.passwords.hash(password)
  const here = isAsker(ctx, login, owner.challenge)
  const signedInHere = await login.sessions.accountId(ctx)
  const challenge = await login.db.transaction(async (tx) => {
    const used = await useChallengeByLink(tx, purposes, linkHash(secret))
    if (!used) return undefined
    // Whoever asked for the link elsewhere has shown neither the mailbox nor the new password.
    if (!here) await forgetChallengeBrowser(tx, used.id)
    const verifiesEmail = used.purpose === 'reset_password'
    const change = { account, passwordHash, kind: 'password.reset', verifiesEmail } as const
    await changePassword(ctx, login, tx, { ...change, challengeId: used.id })
    await mailPasswordChanged(login, tx, account)
    return used
  })
  if (!challenge) return ended(ctx, login)
  // It ended with all the others; this browser is to know at once.
  if (signedInHere === account.id) await login.sessions.signOut(ctx)
  if (here) return goOn(ctx, ownPath(challenge.continueTo))
  return render(ctx, passwordSavedPage(place))
}

async function ownerOf({ db }: Login, secret: string) {
  const challenge = await findChallengeByLink(db, purposes, linkHash(secret))
  const { accountId } = challenge ?? {}
  const account = accountId ? await findActiveAccount(db, accountId) : undefined
  return challenge && account && isCurrent(challenge, account) ? { challenge, account } : undefined
}

/** A password or an address set since, by an administrator for instance, ends the link (A110). */
function isCurrent(challenge: EmailChallenge, account: Account): boolean {
  const { passwordChangedAt, emailKey } = account
  if (passwordChangedAt && passwordChangedAt > challenge.createdAt) return false
  return challenge.purpose !== 'reset_password' || challenge.emailKey === emailKey
}
