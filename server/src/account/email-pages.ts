import { button, field } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'

interface EmailSection {
  locale: Locale
  csrf: string
  email: string
  /** What was typed before. */
  typed: string | undefined
  error(field: string): string | undefined
}

/** A new address, with the password; it counts when its mailbox has answered. */
export function emailSection({ locale, csrf, email, typed, error }: EmailSection): Html {
  const words = locale.messages.account.email
  const children = html`<input type="text" name="username" value="${email}" autocomplete="username" hidden>
${field({
  name: 'email',
  type: 'email',
  label: words.next,
  value: typed,
  autocomplete: 'email',
  required: true,
  error: error('email'),
})}
${field({
  name: 'email_password',
  type: 'password',
  label: words.password,
  autocomplete: 'current-password',
  required: true,
  error: error('email_password'),
})}
${button({ label: words.button })}`
  return html`<section class="card"><h2>${words.title}</h2>
<p>${words.lead}</p>
${form({ action: '/account/email/ask', csrf, label: words.title, children })}
</section>`
}

interface ConfirmEmailPage {
  locale: Locale
  csrf: string
  secret: string
  email: string
  /** The address it takes the place of. */
  before: string
}

export function confirmEmailPage(data: ConfirmEmailPage): Html {
  const { locale, csrf, secret, email, before } = data
  const words = locale.messages.account.email
  const children = html`<input type="hidden" name="t" value="${secret}">
${button({ label: words.confirmButton })}`
  const main = html`<h1>${words.confirm}</h1>
<p>${words.confirmLead({ email, before })}</p>
${form({ action: '/account/email', csrf, children })}`
  return page({ locale, title: words.confirm, main })
}

export const changedEmailPage = (locale: Locale, email: string): Html => {
  const { changed, changedLead } = locale.messages.account.email
  return messagePage(locale, changed, changedLead(email))
}

/** For whoever opens the link elsewhere, its mailbox's owner perhaps: names nobody. */
export function elsewherePage(locale: Locale): Html {
  const words = locale.messages.account.email
  const main = html`<h1>${words.elsewhere}</h1>
<p>${words.elsewhereLead}</p>
<p class="notice warning">${words.elsewhereHint}</p>
<p class="actions"><a class="button primary" href="/login">${words.elsewhereSignIn}</a></p>`
  return page({ locale, title: words.elsewhere, main })
}

export const takenPage = (locale: Locale): Html => {
  const { taken, takenLead } = locale.messages.account.email
  return messagePage(locale, taken, takenLead)
}

export const overPage = (locale: Locale): Html => {
  const { over, overLead } = locale.messages.account.email
  return messagePage(locale, over, overLead)
}

function messagePage(locale: Locale, title: string, lead: string): Html {
  const main = html`<h1>${title}</h1>
<p>${lead}</p>
<p class="actions"><a class="button primary" href="/account">${locale.messages.account.email.goOn}</a></p>`
  return page({ locale, title, main })
}
