import type { Context } from 'koa'
import { type Account, findAccountByEmailKey, rehashPassword, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { type EmailAddress, emailAddress } from '#web/email-address.ts'
import { render } from '#web/html.ts'
import { networkOf } from '#web/network.ts'
import { askToVerify } from './asking.ts'
import { type FieldError, loginPage } from './entry-pages.ts'
import { admit } from './login-limits.ts'
import { mayMail } from './mail-limits.ts'
import type { Login } from './parts.ts'
import { goOn, type Place, placeOf } from './place.ts'
import { takeAll, tooMany, tooManyMails } from './waiting.ts'

export async function showSignIn(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  // Within a request the app may have asked for the password again, whoever is signed in.
  if (place.next && (await login.sessions.accountId(ctx))) return goOn(ctx, place.next)
  return render(ctx, loginPage({ place }))
}

export async function signIn(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  const form = await readForm(ctx)
  const typed = form.get('email') ?? ''
  const password = form.get('password') ?? ''
  const again = (errors: FieldError[], status = 400) =>
    render(ctx, loginPage({ place, email: typed, errors }), status)

  const words = place.locale.messages.login.errors
  const email = emailAddress(typed)
  const missing = [
    ...(email ? [] : [{ field: 'email', message: typed.trim() ? words.badEmail : words.noEmail }]),
    ...(password ? [] : [{ field: 'password', message: words.noPassword }]),
  ]
  if (!email || missing.length > 0) return again(missing)
  const device = login.devices.find(ctx, email.key)
  const admission = await admit(login.throttle, { emailKey: email.key, ip: ctx.ip, device })
  if (admission.wait !== undefined) {
    login.onSignIn('throttled')
    await noteThrottled(ctx, login, email)
    return again([tooMany(ctx, place, admission.wait)], 429)
  }
  const account = await checkPassword(ctx, login, email, password)
  if (!account) {
    login.onSignIn('failed')
    return again([{ field: '', message: words.wrong }])
  }
  await admission.succeeded()
  login.onSignIn(account.emailVerifiedAt ? 'succeeded' : 'unverified')
  if (account.emailVerifiedAt) return enter(ctx, login, place, account)
  const wait = await mayMail(login.throttle, { emailKey: email.key, ip: ctx.ip })
  if (wait !== undefined) return again([tooManyMails(ctx, place, wait)], 429)
  return goOn(ctx, await askToVerify(ctx, login, place, account))
}

/** Unknown, disabled, without a password, wrong: one answer, one cost, one event (A104). */
async function checkPassword(
  ctx: Context,
  login: Login,
  email: EmailAddress,
  password: string,
): Promise<Account | undefined> {
  const { db, passwords } = login
  const account = await findAccountByEmailKey(db, email.key)
  const usable = account?.disabledAt ? undefined : account
  const right = await passwords.verify(usable?.passwordHash, password)
  if (usable && right) {
    void rehashIfOld(login, usable, password)
    return usable
  }
  // No address: people type passwords into the wrong field.
  const about = { accountId: account?.id ?? undefined }
  await login.audit(ctx, db, { kind: 'login.failed', actorType: 'anonymous', ...about })
  return undefined
}

async function rehashIfOld({ db, passwords, log }: Login, account: Account, password: string) {
  const { id, passwordHash } = account
  if (!passwordHash || !passwords.needsRehash(passwordHash)) return
  try {
    await rehashPassword(db, id, passwordHash, await passwords.hash(password))
  } catch (err) {
    log.error({ err, accountId: id }, 'password could not be hashed anew')
  }
}

/** A few times in a quarter of an hour: a flood must not fill the audit trail too. */
async function noteThrottled(ctx: Context, login: Login, email: EmailAddress): Promise<void> {
  const network = networkOf(ctx.ip)
  const wait = await takeAll(login.throttle, [
    ['throttled_note', `${email.key} ${network}`],
    ['throttled_notes', network],
  ])
  if (wait !== undefined) return
  const account = await findAccountByEmailKey(login.db, email.key)
  const about = { accountId: account?.id ?? undefined }
  await login.audit(ctx, login.db, { kind: 'login.throttled', actorType: 'anonymous', ...about })
}

/** The person is who they say: the session begins, or the app's request goes on. */
export async function enter(
  ctx: Context,
  login: Login,
  place: Place,
  account: Account,
): Promise<void> {
  const { id, emailKey } = account
  if (place.next) await login.sessions.signIn(ctx, id)
  const next = place.next ?? (await login.interactions.finishLogin(ctx, id))
  if (!(await isStill(login.db, account))) {
    await login.sessions.signOut(ctx)
    return goOn(ctx, `${place.base}/login`)
  }
  login.devices.remember(ctx, emailKey)
  await login.audit(ctx, login.db, {
    kind: 'login.succeeded',
    actorType: 'user',
    actorId: id,
    accountId: id,
  })
  goOn(ctx, next)
}

/**
 * A new password ends all sessions, but one that began while it was saved would stay. The empty update
 * waits for a change that is under way; one that comes later finds the session.
 */
async function isStill(db: Db, { id, passwordChangedAt }: Account): Promise<boolean> {
  const now = await updateAccount(db, id, {})
  if (!now || now.disabledAt) return false
  return now.passwordChangedAt?.getTime() === passwordChangedAt?.getTime()
}
