import { button, field } from '#web/fields.ts'
import { errorSummary, form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import { page } from '#web/page.ts'
import { errorOf, type FieldError, heading } from './entry-pages.ts'
import type { Place } from './place.ts'

export interface CheckMailPage {
  place: Place
  id: string
  email: string
  /** What was asked for: a code is waited for, or only a link. */
  purpose: 'sign_up' | 'verify_email' | 'reset_password'
  /** A page that shows the mail, where no mail server is set up. */
  messagePath?: string | undefined
  resent?: boolean
  notYet?: boolean
  errors?: FieldError[]
}

/** Waits for the code, or for the link to be used anywhere. */
export function checkMailPage(data: CheckMailPage): Html {
  const { place, email, purpose, errors = [] } = data
  const { locale } = place
  const words = locale.messages.login.checkMail
  const main = html`${heading(place, words.title)}
${data.resent && notice({ kind: 'success', children: words.resent })}
${data.notYet && notice({ kind: 'info', children: words.notYet })}
${errorSummary(locale, errors)}
<p>${words.lead(email)} ${purpose === 'reset_password' ? words.linkLead : words.codeLead}</p>
${data.messagePath && html`<p class="notice info">${words.show} <a href="${data.messagePath}" target="_blank" rel="noopener">${words.showLink}</a></p>`}
${purpose === 'reset_password' ? '' : codeForm(data, errors)}
${otherWays(data)}`
  return page({ locale, title: words.title, main, hasErrors: errors.length > 0 })
}

const here = ({ place, id }: CheckMailPage) => `${place.base}/check-mail/${id}`

/** Leads to the mail again on the page that follows. */
const query = ({ messagePath }: CheckMailPage, more: Record<string, string> = {}) => {
  const message = messagePath?.replace('/outbox/', '')
  const params = new URLSearchParams({ ...more, ...(message && { message }) })
  return params.size > 0 ? `?${params}` : ''
}

const codeForm = (data: CheckMailPage, errors: FieldError[]) => {
  const words = data.place.locale.messages.login.checkMail
  const children = html`${field({
    name: 'code',
    label: words.code,
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    maxlength: 20,
    required: true,
    autofocus: true,
    error: errorOf(errors, 'code'),
  })}
${button({ label: words.button })}`
  return form({ action: here(data) + query(data), csrf: data.place.csrf, children })
}

const otherWays = (data: CheckMailPage) => {
  const { place, purpose } = data
  const words = place.locale.messages.login.checkMail
  const start = { sign_up: 'signup', verify_email: 'login', reset_password: 'forgot-password' }
  const opened = html`<p class="actions"><a class="button secondary" href="${here(data)}${query(data, { opened: 'yes' })}">${words.opened}</a></p>`
  return html`${purpose === 'reset_password' ? '' : opened}
<div class="aside">
<p>${words.again}</p>
${form({
  action: `${here(data)}/resend`,
  csrf: place.csrf,
  children: button({ label: words.resend, kind: 'link' }),
})}
<p><a href="${place.base}/${start[purpose]}">${words.otherAddress}</a></p>
</div>`
}
