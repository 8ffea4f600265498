import type { ConnectedApp, ConnectedScope } from '#db/connected-apps.ts'
import { accountNav } from '#web/account-nav.ts'
import { confirmation } from '#web/confirmation.ts'
import { button } from '#web/fields.ts'
import { form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { day } from '#web/moment.ts'
import { page } from '#web/page.ts'
import { plainText } from '#web/plain-text.ts'

export interface AppsPage {
  locale: Locale
  csrf: string
  email: string
  timezone: string
  apps: ConnectedApp[]
  /** What was just done. */
  done?: 'narrowed' | 'removed' | undefined
}

/** Every app that may act for the person: what it may, when it did, and the way to take it back. */
export function appsPage(data: AppsPage): Html {
  const { locale, email, apps, done } = data
  const words = locale.messages.account.apps
  const main = html`<h1>${words.title}</h1>
<p class="lead">${words.lead}</p>
${done && notice({ kind: 'success', children: words[done] })}
${apps.map((app, index) => appCard(data, app, `app-${index}`))}
${apps.length === 0 && html`<p class="empty">${words.none}</p>`}`
  const nav = accountNav(locale, 'apps')
  return page({ locale, title: words.title, main, narrow: false, signedInAs: email, nav })
}

const appCard = (data: AppsPage, app: ConnectedApp, id: string) => {
  const { locale, csrf } = data
  const words = locale.messages.account.apps
  const name = plainText(app.name)
  const named = (label: string) => html`${label}<span class="visually-hidden"> – ${name}</span>`
  const children = html`<input type="hidden" name="client_id" value="${app.clientId}">
<ul class="scope-list">
${inOrder(app.scopes, locale).map((scope) => choice(data, scope, id))}
</ul>
<div class="actions">
${button({ label: named(words.narrow), name: 'action', value: 'narrow', kind: 'secondary' })}
${confirmation({
  id: `${id}-sure`,
  label: named(words.remove),
  question: words.sure(name),
  button: { label: named(words.yesRemove), name: 'action', value: 'remove' },
})}
</div>`
  return html`<section class="card" aria-labelledby="${id}">
<h2 id="${id}"><bdi>${name}</bdi>${app.isDisabled && html` <span class="badge danger">${words.disabled}</span>`}</h2>
<p class="muted">${words.since} ${day(app.connectedAt, locale, data.timezone)} · ${used(data, app.lastUsedAt)}</p>
${form({ action: '/account/apps', csrf, label: name, children })}
</section>`
}

const choice = (data: AppsPage, { name, lastUsedAt }: ConnectedScope, app: string) => {
  const id = `${app}-${name}`
  return html`<li class="scope choice">
<input type="checkbox" id="${id}" name="scope" value="${name}" checked>
<label for="${id}">${sentenceOf(name, data.locale)}${isCounted(name, data.locale) && html` <span class="hint">${used(data, lastUsedAt)}</span>`}</label>
</li>`
}

/** Who one is comes first, then the order of the table, which is that of the consent page. */
function inOrder(scopes: ConnectedScope[], { messages }: Locale): ConnectedScope[] {
  const order = [...Object.keys(messages.account.apps.signIn), ...Object.keys(messages.scopes)]
  const rank = ({ name }: ConnectedScope) => order.indexOf(name)
  return [...scopes].sort((one, other) => rank(one) - rank(other))
}

/** Calls of the API are; signing in is none. */
const isCounted = (scope: string, { messages }: Locale) => Object.hasOwn(messages.scopes, scope)

function sentenceOf(scope: string, { messages }: Locale): string {
  const sentences: Record<string, string> = { ...messages.scopes, ...messages.account.apps.signIn }
  return Object.hasOwn(sentences, scope) ? String(sentences[scope]) : scope
}

const used = ({ locale, timezone }: AppsPage, lastUsedAt: Date | null) => {
  const words = locale.messages.account.apps
  return lastUsedAt ? html`${words.used} ${day(lastUsedAt, locale, timezone)}` : words.unused
}
