import type { ApiKey } from '#db/api-keys.ts'
import { accountNav } from '#web/account-nav.ts'
import { errorSummary, form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import { day } from '#web/moment.ts'
import { page } from '#web/page.ts'
import { plainText } from '#web/plain-text.ts'
import { type KeyControls, keyControls } from './key-controls.ts'
import { type NewKeyForm, newKeyForm } from './new-key-form.ts'

export interface KeysPage extends NewKeyForm, KeyControls {
  email: string
  timezone: string
  keys: ApiKey[]
  /** What was just done. */
  saved?: string | undefined
}

/** The person's keys, what each may do, and a form for a new one. */
export function keysPage(data: KeysPage): Html {
  const { locale, email, keys, errors = [] } = data
  const words = locale.messages.account.keys
  const done = new Map<string | undefined, string>(Object.entries(words.done)).get(data.saved)
  const main = html`<h1>${words.title}</h1>
<p class="lead">${words.lead} <a href="/external-api/docs">${words.docs}</a></p>
${done && notice({ kind: 'success', children: done })}
${errorSummary(locale, errors)}
${keys.map((key) => keyCard(data, key))}
${keys.length === 0 && html`<p class="empty">${words.none}</p>`}
<section class="card"><h2>${words.makeTitle}</h2>
${newKeyForm(data)}
</section>`
  const nav = accountNav(locale, 'keys')
  const hasErrors = errors.length > 0
  const title = words.title
  return page({ locale, title, main, narrow: false, signedInAs: email, nav, hasErrors })
}

const keyCard = (data: KeysPage, key: ApiKey) => {
  const { locale, timezone } = data
  const words = locale.messages.account.keys
  const used = key.lastUsedAt
    ? html`${words.used} ${day(key.lastUsedAt, locale, timezone)}`
    : words.unused
  return html`<section class="card" aria-labelledby="key-${key.id}">
<h2 id="key-${key.id}"><bdi>${plainText(key.name)}</bdi>${state(data, key)}</h2>
<p class="muted"><code>agpt_…${key.hint}</code> · ${words.made} ${day(key.createdAt, locale, timezone)} · ${words.until} ${day(key.expiresAt, locale, timezone)} · ${used}</p>
${key.allowedAddresses.length > 0 && html`<p class="muted">${words.from} ${key.allowedAddresses.join(', ')}</p>`}
${key.requestsPerMinute && html`<p class="muted">${words.limit(key.requestsPerMinute)}</p>`}
${form({ action: `/account/api-keys/${key.id}`, csrf: data.csrf, label: plainText(key.name), children: keyControls(data, key) })}
</section>`
}

const state = ({ locale }: KeysPage, key: ApiKey) => {
  const words = locale.messages.account.keys
  if (key.expiresAt <= new Date()) return html` <span class="badge danger">${words.expired}</span>`
  if (key.heldAt) return html` <span class="badge danger">${words.held}</span>`
  if (key.suspendedAt) return html` <span class="badge warning">${words.suspended}</span>`
  return key.replacedAt && html` <span class="badge warning">${words.replaced}</span>`
}
