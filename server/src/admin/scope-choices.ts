import { type Html, html } from '#web/html.ts'
import type { Locale } from '#web/locale.ts'
import { table } from '#web/table.ts'

interface ScopeChoices {
  locale: Locale
  scopes: readonly string[]
  sent: URLSearchParams | undefined
}

/** A row for each scope: whether the app may ask for it, and whether people may untick it. */
export function scopeChoices({ locale, scopes, sent }: ScopeChoices): Html {
  const words = locale.messages.admin.form
  const sentences: Record<string, string> = locale.messages.scopes
  const box = (name: string, value: string, label?: string) => {
    const checked = sent?.getAll(name).includes(value)
    return html`<input id="${name}-${value}" type="checkbox" name="${name}" value="${value}"${label && html` aria-label="${label}"`}${checked && html` checked`}>`
  }
  const optional = (scope: string) => box('optional_scope', scope, words.mayUntick(scope))
  const rows = scopes.map((scope, index) => [
    html`<label for="scope-${scope}"><code>${scope}</code></label>
<p class="hint">${sentences[scope]}</p>`,
    box('scope', scope),
    // Where a mistake of that column leads to.
    index === 0 ? html`<span id="optional_scope">${optional(scope)}</span>` : optional(scope),
  ])
  const columns = [words.scope, words.asks, words.optional]
  return html`<fieldset id="scope" aria-describedby="scope-hint"><legend>${words.scopes}</legend>
<p class="hint" id="scope-hint">${words.scopesHint}</p>
${table({ label: words.scopes, columns, rows })}
</fieldset>`
}
