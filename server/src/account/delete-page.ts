import { accountNav } from '#web/account-nav.ts'
import { button, field } from '#web/fields.ts'
import { errorSummary, form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'
import type { FieldError } from './account-page.ts'

interface DeletePage {
  locale: Locale
  csrf: string
  email: string
  hasPassword: boolean
  errors: FieldError[]
}

/** What goes with the account, and the password once more. */
export function deletePage({ locale, csrf, email, hasPassword, errors }: DeletePage): Html {
  const words = locale.messages.account.leaving
  const children = html`<input type="text" name="username" value="${email}" autocomplete="username" hidden>
${field({
  name: 'current_password',
  type: 'password',
  label: words.password,
  autocomplete: 'current-password',
  required: true,
  error: errors.find(({ field: wrong }) => wrong === 'current_password')?.message,
})}
<div class="actions">${button({ label: words.button, kind: 'danger' })} <a href="/account">${words.cancel}</a></div>`
  const main = html`<h1>${words.title}</h1>
${errorSummary(locale, errors)}
<section class="card">
${notice({ kind: 'warning', children: words.effects })}
${form({ action: '/account/data.json', csrf, label: words.data, children: button({ label: words.downloadFirst, kind: 'secondary' }) })}
${hasPassword ? form({ action: '/account/delete', csrf, label: words.title, children }) : html`<p>${words.noPassword} <a href="/forgot-password">${words.choosePassword}</a></p>`}
</section>`
  const nav = accountNav(locale, 'account')
  const hasErrors = errors.length > 0
  const title = words.title
  return page({ locale, title, main, narrow: false, signedInAs: email, nav, hasErrors })
}

export function deletedPage(locale: Locale): Html {
  const words = locale.messages.account.leaving
  const main = html`<h1>${words.deleted}</h1>
<p class="lead">${words.deletedLead}</p>`
  return page({ locale, title: words.deleted, main })
}
