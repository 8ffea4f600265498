import { button, field, textArea } from '#web/fields.ts'
import { form } from '#web/form.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import type { FieldError } from '#web/problem.ts'

/** The scope table as these pages need it. */
export interface KnownScopes {
  names: readonly string[]
  groups: readonly string[]
  describe(scope: string, locale: Locale): ScopeFacts | undefined
}

interface ScopeFacts {
  group: string
  sentence: string
  sensitivity: 'normal' | 'spends' | 'deletes'
  legacy: boolean
}

export interface NewKeyForm {
  locale: Locale
  csrf: string
  scopes: KnownScopes
  /** What was sent before, with what is wrong with it. */
  sent?: URLSearchParams | undefined
  errors?: FieldError[] | undefined
}

/** What a new key is called, what it may, and how long. */
export function newKeyForm(data: NewKeyForm): Html {
  const { locale, csrf, sent, errors = [] } = data
  const words = locale.messages.account.keys
  const error = (name: string) => errors.find(({ field: wrong }) => wrong === name)?.message
  const children = html`${field({
    name: 'name',
    label: words.name,
    hint: words.nameHint,
    value: sent?.get('name') ?? undefined,
    required: true,
    maxlength: 100,
    autocomplete: 'off',
    error: error('name'),
  })}
${choices(data, error('scope'))}
${field({
  name: 'expires_in_days',
  type: 'number',
  label: words.expires,
  hint: words.expiresHint,
  value: sent?.get('expires_in_days') ?? 90,
  error: error('expires_in_days'),
})}
${textArea({
  name: 'allowed_addresses',
  label: words.addresses,
  hint: words.addressesHint,
  rows: 2,
  value: sent?.get('allowed_addresses') ?? undefined,
  error: error('allowed_addresses'),
})}
${button({ label: words.make })}`
  return form({ action: '/account/api-keys', csrf, label: words.makeTitle, children })
}

const choices = (data: NewKeyForm, error: string | undefined) => {
  const { locale, scopes, sent } = data
  const { keys, consent } = {
    keys: locale.messages.account.keys,
    consent: locale.messages.consent,
  }
  const lines = scopes.names.flatMap((name) => {
    const facts = scopes.describe(name, locale)
    return facts ? [{ name, ...facts }] : []
  })
  const groups = scopes.groups
    .map((group) => ({ group, lines: lines.filter((line) => line.group === group) }))
    .filter((each) => each.lines.length > 0)
  return html`<fieldset id="scope" class="scopes"${error && html` aria-describedby="scope-error"`}><legend>${keys.scopes}</legend>
${error && html`<p class="error" id="scope-error">${error}</p>`}
${groups.map(
  (each) => html`<h3>${consent.groups[each.group] ?? each.group}</h3>
<ul class="scope-list">
${each.lines.map(
  ({ name, sentence, sensitivity, legacy }) => html`<li class="scope choice">
<input type="checkbox" id="new-${name}" name="scope" value="${name}"${sent?.getAll('scope').includes(name) && html` checked`}>
<label for="new-${name}">${sentence} <code>${name}</code>${sensitivity !== 'normal' && html` <span class="badge ${sensitivity}">${consent[sensitivity]}</span>`}${legacy && html` <span class="badge">${consent.legacy}</span>`}</label>
</li>`,
)}
</ul>`,
)}
</fieldset>`
}
