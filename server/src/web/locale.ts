import type { Context } from 'koa'
import { de } from './locales/de.ts'
import { en } from './locales/en.ts'

/** Every sentence of the pages and mails, by feature. English is the shape the others follow. */
export type Messages = typeof en

export interface Locale {
  tag: 'en' | 'de'
  messages: Messages
}

const locales: Locale[] = [
  { tag: 'en', messages: en },
  { tag: 'de', messages: de },
]

/** The languages we speak, for discovery's ui_locales_supported. */
export const localeTags: Locale['tag'][] = locales.map(({ tag }) => tag)

/** The locale of a stored language tag, English when there is none or it is unknown. */
export function localeByTag(tag: string | null | undefined): Locale {
  return known(tag ?? '') ?? english
}

/** The reader's locale: OIDC Core 3.1.2.1 ui_locales first, then Accept-Language, then English. */
export function localeOf(ctx: Context, uiLocales?: string): Locale {
  return fromList(uiLocales) ?? known(ctx.acceptsLanguages(localeTags) || '') ?? english
}

const english: Locale = { tag: 'en', messages: en }

// Strangers send anything here (paths, __proto__, kilobytes): only a match with our list counts.
const fromList = (uiLocales: unknown): Locale | undefined => {
  if (typeof uiLocales !== 'string') return undefined
  for (const tag of uiLocales.slice(0, 500).split(' ')) {
    const locale = known(tag)
    if (locale) return locale
  }
  return undefined
}

const known = (tag: string): Locale | undefined => {
  const language = tag.split('-', 1)[0]?.toLowerCase()
  return locales.find((locale) => locale.tag === language)
}
