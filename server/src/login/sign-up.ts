import type { Context } from 'koa'
import { readForm } from '#web/body.ts'
import { emailAddress } from '#web/email-address.ts'
import { render } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { personName } from '#web/person-name.ts'
import { askToSignUp } from './asking.ts'
import { type FieldError, signUpPage } from './entry-pages.ts'
import { mayMail } from './mail-limits.ts'
import type { Login } from './parts.ts'
import type { Passwords } from './passwords.ts'
import { goOn, placeOf } from './place.ts'
import { tooManyMails } from './waiting.ts'

export async function showSignUp(ctx: Context, login: Login): Promise<void> {
  return render(ctx, signUpPage({ place: await placeOf(ctx, login) }))
}

/** Whether there is an account already, only the mail says (A104). */
export async function signUp(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  const typed = typedPerson(await readForm(ctx))
  const again = (errors: FieldError[], status = 400) =>
    render(ctx, signUpPage({ place, typed, errors }), status)

  const person = checkPerson(typed, login.passwords, place.locale)
  if (person.errors) return again(person.errors)
  const { email, name } = person
  const wait = await mayMail(login.throttle, { emailKey: email.key, ip: ctx.ip, signUp: true })
  if (wait !== undefined) return again([tooManyMails(ctx, place, wait)], 429)
  const passwordHash = await login.passwords.hash(typed.password)
  return goOn(ctx, await askToSignUp(ctx, login, place, { email, name, passwordHash }))
}

export interface TypedPerson {
  email: string
  name: string
  password: string
}

export function typedPerson(form: URLSearchParams): TypedPerson {
  const of = (field: string) => form.get(field) ?? ''
  return { email: of('email'), name: of('name'), password: of('password') }
}

/** What a new account may be made of, or what to change, field by field. */
export function checkPerson(typed: TypedPerson, passwords: Passwords, { messages }: Locale) {
  const { errors: words, weakness: advice } = messages.login
  const email = emailAddress(typed.email)
  const written = personName(typed.name)
  const context = { email: email?.key, name: typed.name }
  const weakness = typed.password ? passwords.weakness(typed.password, context) : undefined
  const errors: FieldError[] = []
  const wrong = (field: string, message: string) => errors.push({ field, message })
  if (!email) wrong('email', typed.email.trim() ? words.badEmail : words.noEmail)
  if ('problem' in written) {
    wrong('name', written.problem === 'too_long' ? words.nameTooLong : words.badName)
  }
  if (!typed.password) wrong('password', words.noPassword)
  if (weakness) wrong('password', advice[weakness])
  if (!email || 'problem' in written || errors.length > 0) return { errors }
  return { email, name: written.name }
}
