import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { type Account, findAccountByEmailKey } from '#db/accounts.ts'
import { voidAccountChallenges } from '#db/email-challenges.ts'
import type { EmailAddress } from '#web/email-address.ts'
import { sendChallenge } from './challenges.ts'
import type { Login } from './parts.ts'
import type { Place } from './place.ts'

interface NewPerson {
  email: EmailAddress
  name: string
  passwordHash: string
}

// Each does the same work whether there is an account or not (A104), and answers the address of the
// page that waits for the mail.

/** No account is made before the code or link came back, so nobody can take an address (A114). */
export async function askToSignUp(ctx: Context, login: Login, place: Place, person: NewPerson) {
  const account = await findAccountByEmailKey(login.db, person.email.key)
  return sendChallenge(ctx, login, place, {
    ...person,
    purpose: 'sign_up',
    letter: account ? 'taken' : 'signUp',
    to: account?.email ?? person.email.address,
  })
}

export async function askToReset(ctx: Context, login: Login, place: Place, email: EmailAddress) {
  const found = await findAccountByEmailKey(login.db, email.key)
  const account = found?.disabledAt ? undefined : found
  // A newer link ends the older ones (A110).
  const purposes = ['reset_password' as const]
  await voidAccountChallenges(login.db, account?.id ?? randomUUID(), { purposes })
  return sendChallenge(ctx, login, place, {
    purpose: 'reset_password',
    letter: account ? 'reset' : 'unknown',
    email,
    to: account?.email ?? email.address,
    accountId: account?.id,
  })
}

/** After the right password: no app receives an address that nobody has shown to be theirs. */
export async function askToVerify(ctx: Context, login: Login, place: Place, account: Account) {
  const purposes = ['verify_email' as const]
  await voidAccountChallenges(login.db, account.id, { purposes })
  return sendChallenge(ctx, login, place, {
    purpose: 'verify_email',
    letter: 'verify',
    email: { address: account.email, key: account.emailKey },
    to: account.email,
    accountId: account.id,
  })
}
