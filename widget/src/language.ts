import { ar } from './locales/ar.ts'
import { de } from './locales/de.ts'
import { en } from './locales/en.ts'
import { es } from './locales/es.ts'
import { fr } from './locales/fr.ts'
import { he } from './locales/he.ts'
import { hi } from './locales/hi.ts'
import { it } from './locales/it.ts'
import { ja } from './locales/ja.ts'
import { ko } from './locales/ko.ts'
import { pt } from './locales/pt.ts'
import { zh } from './locales/zh.ts'
import type { Words } from './words.ts'

const locales: Record<string, Words> = { ar, de, en, es, fr, he, hi, it, ja, ko, pt, zh }

export interface Language {
  lang: string
  dir: 'ltr' | 'rtl'
  words: Words
}

/** The first of the wishes that we speak, English otherwise: `pt-BR` is answered with `pt`. */
export function languageOf(wishes: (string | null | undefined)[]): Language {
  for (const wish of wishes) {
    for (const [lang, words] of Object.entries(locales)) {
      if (RegExp(`^${lang}\\b`, 'i').test(wish ?? '')) {
        return { lang, dir: /ar|he/.test(lang) ? 'rtl' : 'ltr', words }
      }
    }
  }
  return { lang: 'en', dir: 'ltr', words: en }
}

/** The language that the page says the element stands in, through the shadow roots it is within. */
export function pageLanguage(element: Element): string | null {
  for (let place: Element | undefined = element; place; ) {
    const speaker = place.closest('[lang]')
    if (speaker) return speaker.getAttribute('lang')
    place = (place.getRootNode() as Partial<ShadowRoot>).host
  }
  return null
}
