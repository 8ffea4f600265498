import type { Context } from 'koa'
import type { Account } from '#db/accounts.ts'
import type { Locale } from '#web/locale.ts'
import type { FieldError } from './account-page.ts'
import type { AccountParts } from './parts.ts'

interface Proof {
  account: Account
  locale: Locale
  form: URLSearchParams
  /** Of the form; a page may have several that ask. */
  field?: string
}

/** The password in force, in a field of the form; else what is wrong with it. */
export async function provesPassword(
  ctx: Context,
  { passwords, throttle }: Pick<AccountParts, 'passwords' | 'throttle'>,
  { account, locale, form, field = 'current_password' }: Proof,
): Promise<(FieldError & { status: number }) | undefined> {
  const { account: words, login } = locale.messages
  const wrong = (message: string, status = 400) => ({ field, message, status })
  const current = form.get(field) ?? ''
  if (!current) return wrong(words.password.missing)
  // Each costs an argon2 computation, the right ones too.
  const wait =
    (await throttle.take('password_check_burst', account.id)) ??
    (await throttle.take('password_check', account.id))
  if (wait !== undefined) {
    ctx.set('Retry-After', String(wait))
    return wrong(login.errors.tooMany(wait), 429)
  }
  if (!(await passwords.verify(account.passwordHash, current))) return wrong(words.password.wrong)
  // Only this one: the owner's right password clears no guesses of somebody at an open session.
  await throttle.giveBack('password_check', account.id)
  return undefined
}
