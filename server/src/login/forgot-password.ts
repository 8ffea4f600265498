import type { Context } from 'koa'
import { readForm } from '#web/body.ts'
import { emailAddress } from '#web/email-address.ts'
import { render } from '#web/html.ts'
import { askToReset } from './asking.ts'
import { type FieldError, forgotPage } from './entry-pages.ts'
import { mayMail } from './mail-limits.ts'
import type { Login } from './parts.ts'
import { goOn, placeOf } from './place.ts'
import { tooManyMails } from './waiting.ts'

export async function showForgotPassword(ctx: Context, login: Login): Promise<void> {
  return render(ctx, forgotPage({ place: await placeOf(ctx, login) }))
}

export async function forgotPassword(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  const typed = (await readForm(ctx)).get('email') ?? ''
  const again = (error: FieldError, status = 400) =>
    render(ctx, forgotPage({ place, email: typed, errors: [error] }), status)

  const words = place.locale.messages.login.errors
  const email = emailAddress(typed)
  if (!email) {
    return again({ field: 'email', message: typed.trim() ? words.badEmail : words.noEmail })
  }
  const wait = await mayMail(login.throttle, { emailKey: email.key, ip: ctx.ip })
  if (wait !== undefined) return again(tooManyMails(ctx, place, wait), 429)
  return goOn(ctx, await askToReset(ctx, login, place, email))
}
