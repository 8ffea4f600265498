import { accountNav } from '#web/account-nav.ts'
import { button, field, select } from '#web/fields.ts'
import { errorSummary, form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import { page } from '#web/page.ts'
import { emailSection } from './email-pages.ts'
import { type SessionsSection, sessionsSection } from './sessions-section.ts'

export interface FieldError {
  field: string
  message: string
}

export interface AccountPage extends SessionsSection {
  email: string
  emailVerified: boolean
  /** A new address that was refused. */
  typedEmail?: string | undefined
  hasPassword: boolean
  isAdmin: boolean
  name: string
  timezones: readonly string[]
  /** What was just done. */
  done?: string | undefined
  errors?: FieldError[]
}

/** Who you are here, and how you keep it to yourself. */
export function accountPage(data: AccountPage): Html {
  const { locale, email, errors = [], done } = data
  const words = locale.messages.account
  const main = html`<h1>${words.title}</h1>
${done && notice({ kind: 'success', children: done })}
${errorSummary(locale, errors)}
${profile(data, errors)}
${emailSection({ ...data, typed: data.typedEmail, error: (name) => errorOf(errors, name) })}
${password(data, errors)}
${sessionsSection(data)}
${data.isAdmin && html`<section class="card"><h2>${words.admin.title}</h2><p><a href="/admin">${words.admin.link}</a></p></section>`}
${leaving(data)}`
  const hasErrors = errors.length > 0
  const nav = accountNav(locale, 'account')
  return page({
    locale,
    title: words.title,
    main,
    narrow: false,
    signedInAs: email,
    nav,
    hasErrors,
  })
}

const profile = (data: AccountPage, errors: FieldError[]) => {
  const words = data.locale.messages.account.profile
  const options = [...new Set([data.timezone, ...data.timezones])].sort()
  const children = html`${field({
    name: 'name',
    label: words.name,
    value: data.name,
    autocomplete: 'name',
    maxlength: 200,
    error: errorOf(errors, 'name'),
  })}
${select({
  name: 'timezone',
  label: words.timezone,
  value: data.timezone,
  options: options.map((value) => ({ value, label: value.replaceAll('_', ' ') })),
  error: errorOf(errors, 'timezone'),
})}
${button({ label: words.button })}`
  return html`<section class="card"><h2>${words.title}</h2>
<p>${words.email}: <strong><bdi>${data.email}</bdi></strong> (${data.emailVerified ? words.verified : words.unverified})</p>
${form({ action: '/account/profile', csrf: data.csrf, label: words.title, children })}
</section>`
}

const password = (data: AccountPage, errors: FieldError[]) => {
  const words = data.locale.messages.account.password
  if (!data.hasPassword) {
    return html`<section class="card"><h2>${words.title}</h2>
<p>${words.none} <a href="/forgot-password">${words.noneLink}</a></p></section>`
  }
  const children = html`<input type="text" name="username" value="${data.email}" autocomplete="username" hidden>
${field({
  name: 'current_password',
  type: 'password',
  label: words.current,
  autocomplete: 'current-password',
  required: true,
  error: errorOf(errors, 'current_password'),
})}
${field({
  name: 'password',
  type: 'password',
  label: words.next,
  hint: words.hint,
  autocomplete: 'new-password',
  required: true,
  error: errorOf(errors, 'password'),
})}
<p class="fine-print">${words.effects}</p>
${button({ label: words.button })}`
  return html`<section class="card"><h2>${words.title}</h2>
${form({ action: '/account/password', csrf: data.csrf, label: words.title, children })}
</section>`
}

const leaving = ({ locale, csrf }: AccountPage) => {
  const words = locale.messages.account.leaving
  return html`<section class="card"><h2>${words.data}</h2>
<p>${words.dataLead}</p>
${form({ action: '/account/data.json', csrf, label: words.data, children: button({ label: words.download, kind: 'secondary' }) })}
<p class="actions"><a href="/account/delete">${words.title}</a></p>
</section>`
}

const errorOf = (errors: FieldError[], name: string) =>
  errors.find(({ field }) => field === name)?.message
