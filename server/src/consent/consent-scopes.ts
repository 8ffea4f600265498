import { type Html, html } from '#web/html.ts'
import type { Messages } from '#web/locale.ts'

export interface ConsentScope {
  name: string
  sentence: string
  /** What a person should think twice about, said in words. */
  sensitivity: 'normal' | 'spends' | 'deletes'
  legacy: boolean
  /** A choice: ticked at first, and the person may untick it. */
  optional: boolean
}

export interface ScopeGroup {
  group: string
  scopes: ConsentScope[]
}

type Words = Messages['consent']

/** What the client may do, a sentence a scope, grouped by what it touches. */
export function scopeGroups(
  { identity, groups }: { identity: boolean; groups: ScopeGroup[] },
  words: Words,
): Html {
  const hasChoices = groups.some(({ scopes }) => scopes.some(({ optional }) => optional))
  return html`<section class="scopes" aria-labelledby="may-do">
<h2 id="may-do">${words.mayDo}</h2>
${hasChoices && html`<p class="hint">${words.optionalHint}</p>`}
${identity && identityLine(words)}
${groups.map((group) => scopeGroup(group, words))}
${groups.length === 0 && html`<p class="hint">${words.nothingMore}</p>`}
</section>`
}

const identityLine = (words: Words) => html`<ul class="scope-list">
<li class="scope"><span>${words.identity} <span class="badge">${words.identityLocked}</span></span></li>
</ul>`

const scopeGroup = (
  { group, scopes }: ScopeGroup,
  words: Words,
) => html`<h3>${titleOf(group, words)}</h3>
<ul class="scope-list">
${scopes.map((scope) => (scope.optional ? choice(scope, words) : fixed(scope, words)))}
</ul>`

const titleOf = (group: string, { groups }: Words) =>
  Object.hasOwn(groups, group) ? groups[group] : group

const fixed = (scope: ConsentScope, words: Words) =>
  html`<li class="scope"><span>${scope.sentence}${marks(scope, words)}</span></li>`

const choice = (scope: ConsentScope, words: Words) => html`<li class="scope choice">
<input type="checkbox" id="scope-${scope.name}" name="scope" value="${scope.name}" checked>
<label for="scope-${scope.name}">${scope.sentence}${marks(scope, words)}</label>
</li>`

const marks = ({ sensitivity, legacy, optional }: ConsentScope, words: Words) => [
  sensitivity !== 'normal' &&
    html` <span class="badge ${sensitivity}">${words[sensitivity]}</span>`,
  legacy && html` <span class="badge">${words.legacy}</span>`,
  optional && html` <span class="badge">${words.optional}</span>`,
]
