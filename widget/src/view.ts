import { html, nothing, type TemplateResult } from 'lit'
import { logo, spinner } from './artwork.ts'
import type { AutoGPTSignIn } from './element.ts'
import type { Language } from './language.ts'

export type Status = 'idle' | 'busy' | 'fallback' | 'error' | 'done'

/** The button, and below it what went wrong; an icon has no other place for words. */
export function view(
  { status, variant, label, text, disabled }: AutoGPTSignIn,
  { lang, dir, words }: Language,
  onClick: () => void,
): TemplateResult {
  const [, , , busy, fallback, failed] = words
  // The table's order; whatever else is asked for is the first.
  const own = label || words[['signup', 'continue'].indexOf(`${text}`) + 1]
  const isBusy = status === 'busy'
  const isIcon = variant === 'icon'
  const asks = status === 'fallback' ? fallback : ''
  const message = status === 'error' ? failed : isIcon && asks
  return html`<button part="button" type="button" lang=${lang} dir=${dir} aria-describedby="p" aria-busy=${isBusy || nothing} aria-disabled=${isBusy || nothing} title=${isIcon ? own : nothing} ?disabled=${disabled} @click=${onClick}>${isBusy ? spinner() : logo()}<span part="label" class=${isIcon ? 'hidden' : ''}>${asks || html`<slot>${own}</slot>`}</span></button><p id="p" part="message" role="alert" lang=${lang} dir=${dir}>${message || nothing}</p><span class="hidden" role="status" lang=${lang}>${isBusy ? busy : asks}</span>`
}
