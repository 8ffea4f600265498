import { html, nothing, type TemplateResult } from 'lit'
import { logo, spinner } from './artwork.ts'
import type { Language } from './language.ts'

export type Status = 'idle' | 'busy' | 'fallback' | 'error' | 'done'

interface Look {
  status: Status
  language: Language
  /** The words of the label, while nothing else has to be said there. */
  label: string
  isIcon: boolean
  isDisabled: boolean | undefined
  onClick(): void
}

/** The button, and below it what went wrong; an icon has no other place for words. */
export function view(look: Look): TemplateResult {
  const { status, language, label, isIcon, isDisabled, onClick } = look
  const { lang, dir, words } = language
  const isBusy = status === 'busy' || nothing
  const asks = status === 'fallback' && words.fallback
  const hidden = isIcon ? 'hidden' : nothing
  const message = status === 'error' ? words.error : isIcon && asks
  return html`<button part="button" type="button" lang=${lang} dir=${dir} aria-describedby="p" aria-busy=${isBusy} aria-disabled=${isBusy} title=${isIcon ? label : nothing} ?disabled=${isDisabled} @click=${onClick}>${isBusy === true ? spinner() : logo()}<span part="label" class=${hidden}>${asks || html`<slot>${label}</slot>`}</span></button><p id="p" part="message" role="alert" lang=${lang} dir=${dir}>${message || nothing}</p><span class="hidden" role="status" lang=${lang}>${isBusy === true ? words.busy : asks || nothing}</span>`
}
