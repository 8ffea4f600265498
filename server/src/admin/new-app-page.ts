import { button, field, select, textArea } from '#web/fields.ts'
import { errorSummary, form, notice } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { page } from '#web/page.ts'
import type { FieldError } from '#web/problem.ts'
import { scopeChoices } from './scope-choices.ts'

export interface NewAppPage {
  locale: Locale
  csrf: string
  signedInAs: string
  /** Names of the scopes that an app can be registered for. */
  scopes: readonly string[]
  /** What was sent before, with what is wrong with it. */
  sent?: URLSearchParams
  errors?: FieldError[]
}

/** The form that registers an app. */
export function newAppPage(data: NewAppPage): Html {
  const { locale, csrf, signedInAs, errors = [] } = data
  const words = locale.messages.admin
  const main = html`<h1>${words.form.title}</h1>
${errorSummary(locale, errors)}
<div class="panel">${form({ action: '/admin/apps/new', csrf, children: inputs(data) })}</div>`
  const title = `${words.form.title} – ${words.title}`
  const hasErrors = errors.length > 0
  return page({ locale, title, main, signedInAs, narrow: false, hasErrors })
}

const inputs = ({ locale, scopes, sent, errors = [] }: NewAppPage) => {
  const words = locale.messages.admin.form
  const value = (name: string) => sent?.get(name) ?? undefined
  const error = (name: string) => errors.find(({ field: wrong }) => wrong === name)?.message
  const text = (name: string) => ({ name, value: value(name), error: error(name) })
  const types = Object.entries(words.types).map(([type, label]) => ({ value: type, label }))
  return html`${field({ ...text('name'), label: words.name, hint: words.nameHint, required: true, maxlength: 100 })}
${textArea({ ...text('description'), label: words.description, maxlength: 1000 })}
${field({ ...text('website'), label: words.website, type: 'url', inputmode: 'url' })}
${select({ ...text('type'), label: words.type, options: types })}
${textArea({ ...text('redirect_uris'), label: words.redirectUris, hint: words.redirectUrisHint })}
${scopeChoices({ locale, scopes, sent })}
<div class="actions">${button({ label: words.submit })} <a href="/admin">${words.cancel}</a></div>`
}

interface CreatedAppPage {
  locale: Locale
  signedInAs: string
  name: string
  clientId: string
  secret: string | undefined
}

/** What the app's developer needs; the only page that ever has the secret. */
export function createdAppPage(data: CreatedAppPage): Html {
  const { locale, signedInAs, name, clientId, secret } = data
  const words = locale.messages.admin.created
  const title = words.title(name)
  const main = html`<h1>${title}</h1>
<div class="panel">
${notice({ kind: secret ? 'warning' : 'info', children: secret ? words.secretOnce : words.noSecret })}
<dl class="details">
<div><dt>${words.clientId}</dt><dd class="secret" id="client-id">${clientId}</dd></div>
${secret && html`<div><dt>${words.clientSecret}</dt><dd class="secret" id="client-secret">${secret}</dd></div>`}
</dl>
<p class="actions"><a class="button primary" href="/admin">${words.done}</a></p>
</div>`
  return page({ locale, title, main, signedInAs, narrow: false })
}
