import type { ApiKey } from '#db/api-keys.ts'
import { confirmation } from '#web/confirmation.ts'
import { button, field, textArea } from '#web/fields.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { plainText } from '#web/plain-text.ts'
import type { FieldError } from '#web/problem.ts'

export interface KeyControls {
  locale: Locale
  /** A change of this key that was refused: what was sent, with what is wrong with it in errors. */
  changed?: { id: string; sent: URLSearchParams } | undefined
  errors?: FieldError[] | undefined
}

/** As the fields of a key are called on the page, where every key has them. */
export const fieldOfKey = (name: string, { id }: Pick<ApiKey, 'id'>): string => `${name}-${id}`

/** What its owner can do with a key: in a form, of which the page has one for each key. */
export function keyControls(data: KeyControls, key: ApiKey): Html {
  const words = data.locale.messages.account.keys
  const isOver = key.replacedAt || key.expiresAt <= new Date()
  const does = (action: string, label: string) =>
    ({ label: named(label, key), name: 'action', value: action, formnovalidate: true }) as const
  const act = (action: string, label: string) =>
    button({ ...does(action, label), kind: 'secondary' })
  return html`${fields(data, key)}
<div class="actions">
${!key.suspendedAt && act('suspend', words.suspend)}
${key.suspendedAt && !key.heldAt && act('resume', words.resume)}
${!isOver && act('rotate', words.rotate)}
${confirmation({
  id: `sure-${key.id}`,
  label: named(words.revoke, key),
  question: words.sure(plainText(key.name)),
  button: does('revoke', words.yesRevoke),
})}
</div>`
}

// The first button is what Enter in a field presses: the one that takes nothing away.
const fields = (data: KeyControls, key: ApiKey) => {
  const words = data.locale.messages.account.keys
  const sent = data.changed?.id === key.id ? data.changed.sent : undefined
  const of = (name: string) => {
    const id = fieldOfKey(name, key)
    return { name, id, error: data.errors?.find(({ field: wrong }) => wrong === id)?.message }
  }
  const { error, id } = of('scope')
  return html`<details${sent && html` open`}><summary>${words.change}</summary>
${field({
  ...of('name'),
  label: words.name,
  value: sent?.get('name') ?? key.name,
  maxlength: 100,
  autocomplete: 'off',
  required: true,
})}
<fieldset id="${id}" class="scopes"><legend>${words.scopes}</legend>
${error && html`<p class="error">${error}</p>`}
<ul class="scope-list">
${key.scopes.map((scope) => choice(data.locale, key, { scope, isKept: sent?.getAll('scope').includes(scope) ?? true }))}
</ul>
</fieldset>
${textArea({
  ...of('allowed_addresses'),
  label: words.addresses,
  hint: words.addressesHint,
  rows: 2,
  value: sent?.get('allowed_addresses') ?? key.allowedAddresses.join('\n'),
})}
<div class="actions">${button({ label: named(words.save, key), name: 'action', value: 'save', kind: 'secondary' })}</div>
</details>`
}

const choice = (
  { messages }: Locale,
  key: ApiKey,
  { scope, isKept }: { scope: string; isKept: boolean },
) => {
  const sentences: Record<string, string> = messages.scopes
  return html`<li class="scope choice">
<input type="checkbox" id="${key.id}-${scope}" name="scope" value="${scope}"${isKept && html` checked`}>
<label for="${key.id}-${scope}">${sentences[scope] ?? scope} <code>${scope}</code></label>
</li>`
}

const named = (label: string, key: ApiKey) =>
  html`${label}<span class="visually-hidden"> – ${plainText(key.name)}</span>`
