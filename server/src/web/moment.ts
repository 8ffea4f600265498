import { type Html, html } from './html.ts'
import type { Locale } from './locale.ts'

/** A day in the reader's language and zone (IANA name). */
export function day(date: Date, { tag }: Locale, timeZone: string): Html {
  const text = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeZone }).format(date)
  return html`<time datetime="${date.toISOString()}">${text}</time>`
}
