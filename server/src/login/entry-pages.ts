import { button, field } from '#web/fields.ts'
import { errorSummary, form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import { page } from '#web/page.ts'
import type { Place } from './place.ts'

export interface FieldError {
  field: string
  message: string
}

interface EntryPage {
  place: Place
  errors?: FieldError[]
}

/** Both fields at once, so that password managers and people without JavaScript are done in one go. */
export function loginPage({ place, email, errors = [] }: EntryPage & { email?: string }): Html {
  const { base, locale, csrf } = place
  const words = locale.messages.login
  const known = email ?? place.loginHint
  const children = html`${emailField(place, { value: known, errors, autofocus: !known })}
${field({
  name: 'password',
  type: 'password',
  label: words.password,
  autocomplete: 'current-password',
  required: true,
  autofocus: Boolean(known),
  error: errorOf(errors, 'password'),
})}
<p class="aside"><a href="${base}/forgot-password">${words.signIn.forgot}</a></p>
${button({ label: words.signIn.button })}`
  const main = html`${heading(place, words.signIn.title)}
${errorSummary(locale, errors)}
${form({ action: `${base}/login`, csrf, children })}
<p class="aside">${words.signIn.noAccount} <a href="${base}/signup">${words.signIn.signUp}</a></p>`
  return page({ locale, title: words.signIn.title, main, hasErrors: errors.length > 0 })
}

interface Typed {
  email?: string
  name?: string
}

export function signUpPage({
  place,
  typed = {},
  errors = [],
}: EntryPage & { typed?: Typed }): Html {
  const { base, locale, csrf } = place
  const words = locale.messages.login
  const children = html`${emailField(place, { value: typed.email ?? place.loginHint, errors, autofocus: isFirst(errors, 'email') })}
${field({
  name: 'name',
  label: `${words.name} (${locale.messages.common.optional})`,
  hint: words.nameHint,
  value: typed.name,
  autocomplete: 'name',
  maxlength: 200,
  autofocus: errors[0]?.field === 'name',
  error: errorOf(errors, 'name'),
})}
${newPasswordField(place, words.password, errors)}
${button({ label: words.signUp.button })}`
  const main = html`${heading(place, words.signUp.title)}
${errorSummary(locale, errors)}
${form({ action: `${base}/signup`, csrf, children })}
<p class="aside">${words.signUp.haveAccount} <a href="${base}/login">${words.signUp.signIn}</a></p>`
  return page({ locale, title: words.signUp.title, main, hasErrors: errors.length > 0 })
}

export function forgotPage({ place, email, errors = [] }: EntryPage & { email?: string }): Html {
  const { base, locale, csrf } = place
  const words = locale.messages.login
  const children = html`${emailField(place, { value: email ?? place.loginHint, errors, autofocus: true })}
${button({ label: words.forgot.button })}`
  const main = html`${heading(place, words.forgot.title)}
<p>${words.forgot.lead}</p>
${errorSummary(locale, errors)}
${form({ action: `${base}/forgot-password`, csrf, children })}
<p class="aside"><a href="${base}/login">${words.forgot.back}</a></p>`
  return page({ locale, title: words.forgot.title, main, hasErrors: errors.length > 0 })
}

export function heading({ app, locale }: Place, title: string): Html {
  return html`<h1>${title}</h1>
${app && html`<p class="lead"><bdi>${locale.messages.login.to(app)}</bdi></p>`}`
}

export function newPasswordField({ locale }: Place, label: string, errors: FieldError[]): Html {
  return field({
    name: 'password',
    type: 'password',
    label,
    hint: locale.messages.login.passwordHint,
    autocomplete: 'new-password',
    required: true,
    autofocus: errors[0]?.field === 'password',
    error: errorOf(errors, 'password'),
  })
}

interface EmailOptions {
  value: string | undefined
  errors: FieldError[]
  autofocus?: boolean
}

export function emailField({ locale }: Place, { value, errors, autofocus = false }: EmailOptions) {
  return field({
    name: 'email',
    type: 'email',
    label: locale.messages.login.email,
    value,
    // What password managers file a password under.
    autocomplete: 'username',
    required: true,
    autofocus,
    error: errorOf(errors, 'email'),
  })
}

/** Whether the cursor belongs here: at the first mistake, or at the first field. */
const isFirst = (errors: FieldError[], name: string) => (errors[0]?.field || name) === name

export const errorOf = (errors: FieldError[], name: string) =>
  errors.find(({ field }) => field === name)?.message
