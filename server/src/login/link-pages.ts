import { button, field } from '#web/fields.ts'
import { errorSummary, form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import { page } from '#web/page.ts'
import { emailField, errorOf, type FieldError, newPasswordField } from './entry-pages.ts'
import type { Place } from './place.ts'

interface LinkPage {
  place: Place
  /** The link's secret, carried along: only the button spends it, not a mail scanner (A110). */
  secret: string
  errors?: FieldError[]
}

interface ConfirmPage extends LinkPage {
  email: string
  purpose: 'sign_up' | 'verify_email'
  /** Whether this browser asked for the mail. */
  sameBrowser: boolean
}

export function confirmPage({ place, secret, email, purpose, sameBrowser }: ConfirmPage): Html {
  const { locale, csrf } = place
  const words = locale.messages.login.confirm
  const warning = purpose === 'sign_up' ? words.signUpElsewhere : words.verifyElsewhere
  const main = html`<h1>${words.title}</h1>
<p>${words.lead(email)}</p>
${sameBrowser ? purpose === 'sign_up' && html`<p>${words.signUpHere}</p>` : html`<p class="notice warning">${warning}</p>`}
${form({ action: '/verify', csrf, children: html`${carried(secret)}${button({ label: words.button })}` })}`
  return page({ locale, title: words.title, main })
}

export function choosePasswordPage({
  place,
  secret,
  email,
  errors = [],
}: LinkPage & { email: string }): Html {
  const { locale, csrf } = place
  const words = locale.messages.login
  const children = html`${carried(secret)}
<input type="text" name="username" value="${email}" autocomplete="username" hidden>
${newPasswordField(place, words.newPassword, errors)}
${button({ label: words.choosePassword.button })}`
  const main = html`<h1>${words.choosePassword.title}</h1>
<p class="lead">${words.choosePassword.forAccount(email)}</p>
${errorSummary(locale, errors)}
${form({ action: '/reset', csrf, children })}
<p class="fine-print">${words.choosePassword.effects}</p>`
  return page({ locale, title: words.choosePassword.title, main, hasErrors: errors.length > 0 })
}

interface SetUpPage extends LinkPage {
  typed?: { email?: string; name?: string }
}

export function setUpPage({ place, secret, typed = {}, errors = [] }: SetUpPage): Html {
  const { locale, csrf } = place
  const words = locale.messages.login
  const children = html`${carried(secret)}
${emailField(place, { value: typed.email, errors, autofocus: true })}
${field({
  name: 'name',
  label: words.name,
  value: typed.name,
  autocomplete: 'name',
  maxlength: 200,
  error: errorOf(errors, 'name'),
})}
${newPasswordField(place, words.password, errors)}
${button({ label: words.setUp.button })}`
  const main = html`<h1>${words.setUp.title}</h1>
<p>${words.setUp.lead}</p>
${errorSummary(locale, errors)}
${form({ action: '/setup', csrf, children })}`
  return page({ locale, title: words.setUp.title, main, hasErrors: errors.length > 0 })
}

const carried = (secret: string) => html`<input type="hidden" name="t" value="${secret}">`
