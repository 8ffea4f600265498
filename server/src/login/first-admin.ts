import type { Context } from 'koa'
import { countAdmins, createAccount, findAccountByEmailKey, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { findChallengeByLink, useChallengeByLink } from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { linkHash } from './challenges.ts'
import type { FieldError } from './entry-pages.ts'
import { setUpPage } from './link-pages.ts'
import { secretOf } from './mail-links.ts'
import type { Login } from './parts.ts'
import { goOn, placeOf } from './place.ts'
import { checkPerson, typedPerson } from './sign-up.ts'
import { tooMany } from './waiting.ts'
import { ended } from './waiting-here.ts'

const purposes = ['first_admin' as const]

export async function showSetUp(ctx: Context, login: Login): Promise<void> {
  const secret = secretOf(ctx.query.t)
  if (!(await findChallengeByLink(login.db, purposes, linkHash(secret)))) return ended(ctx, login)
  return render(ctx, setUpPage({ place: await placeOf(ctx, login), secret }))
}

/** Only while there is no administrator; who holds the link runs the server, so no mail is needed. */
export async function setUp(ctx: Context, login: Login): Promise<void> {
  const { db, throttle, passwords } = login
  const place = await placeOf(ctx, login)
  const form = await readForm(ctx)
  const secret = secretOf(form.get('t'))
  const typed = typedPerson(form)
  const again = (errors: FieldError[], status = 400) =>
    render(ctx, setUpPage({ place, secret, typed, errors }), status)

  if (!(await findChallengeByLink(db, purposes, linkHash(secret)))) return ended(ctx, login)
  const person = checkPerson(typed, passwords, place.locale)
  if (person.errors) return again(person.errors)
  const wait = await throttle.take('password_check', person.email.key)
  if (wait !== undefined) return again([tooMany(ctx, place, wait)], 429)
  const existing = await findAccountByEmailKey(db, person.email.key)
  if (existing && !(await passwords.verify(existing.passwordHash, typed.password))) {
    const message = place.locale.messages.login.setUp.wrongPassword
    return again([{ field: 'password', message }])
  }
  const passwordHash = existing ? undefined : await passwords.hash(typed.password)
  const id = await db.transaction(async (tx) => {
    const used = await useChallengeByLink(tx, purposes, linkHash(secret))
    if (!used || (await countAdmins(tx)) > 0) return undefined
    return makeAdmin(ctx, login, tx, { ...person, passwordHash, existingId: existing?.id })
  })
  if (!id) return ended(ctx, login)
  await login.sessions.signIn(ctx, id)
  return goOn(ctx, '/admin')
}

interface Administrator {
  email: { address: string; key: string }
  name: string
  passwordHash: string | undefined
  existingId: string | undefined
}

async function makeAdmin(
  ctx: Context,
  { audit }: Pick<Login, 'audit'>,
  tx: Db,
  { email, name, passwordHash, existingId }: Administrator,
): Promise<string | undefined> {
  const roles = ['admin']
  const account = existingId
    ? await updateAccount(tx, existingId, { roles, emailVerifiedAt: new Date(), disabledAt: null })
    : await createAccount(tx, {
        ...{ email: email.address, emailKey: email.key, name, passwordHash, roles },
        emailVerified: true,
      })
  if (!account) return undefined
  const who = { actorType: 'user', actorId: account.id, accountId: account.id } as const
  const kind = existingId ? 'user.updated' : 'account.created'
  await audit(ctx, tx, { kind, ...who, details: { roles } })
  return account.id
}
