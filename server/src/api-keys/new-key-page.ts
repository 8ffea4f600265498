import type { ApiKey } from '#db/api-keys.ts'
import { accountNav } from '#web/account-nav.ts'
import { notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { day } from '#web/moment.ts'
import { page } from '#web/page.ts'
import { plainText } from '#web/plain-text.ts'

interface NewKeyPage {
  locale: Locale
  email: string
  timezone: string
  row: ApiKey
  value: string
}

/** The key, this once, and how it is used. */
export function newKeyPage({ locale, email, timezone, row, value }: NewKeyPage): Html {
  const words = locale.messages.account.keys
  const sentences: Record<string, string> = locale.messages.scopes
  const title = words.newTitle(plainText(row.name))
  const main = html`<h1>${title}</h1>
<section class="card">
${notice({ kind: 'warning', children: words.once })}
${row.suspendedAt && notice({ kind: 'info', children: words.stillSuspended })}
<dl class="details">
<div><dt>${words.key}</dt><dd class="secret" id="new-key">${value}</dd></div>
<div><dt>${words.scopes}</dt><dd><ul class="scope-list">${row.scopes.map((scope) => html`<li>${sentences[scope] ?? scope} <code>${scope}</code></li>`)}</ul></dd></div>
<div><dt>${words.untilTitle}</dt><dd>${day(row.expiresAt, locale, timezone)}</dd></div>
</dl>
<p>${words.use} <code>X-API-Key</code></p>
<p class="actions"><a class="button primary" href="/account/api-keys">${words.kept}</a></p>
</section>`
  const nav = accountNav(locale, 'keys')
  return page({ locale, title, main, signedInAs: email, narrow: false, nav })
}
