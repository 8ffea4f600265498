import { type Words, words } from './words.ts'

const tags = Object.keys(words)

export interface Language {
  lang: string
  dir: 'ltr' | 'rtl'
  words: Words
}

/** What `locale` says, else the page where the element stands, else the browser; English at last. */
export function languageOf(element: { matches(selector: string): boolean }, locale = ''): Language {
  const spoken = (wish: string) => tags.find((tag) => RegExp(`^${tag}\\b`, 'i').test(wish))
  const lang =
    spoken(locale) ??
    // Through shadow roots too, and `pt-BR` is `pt`.
    tags.find((tag) => element.matches(`:lang(${tag})`)) ??
    navigator.languages.map(spoken).find(Boolean) ??
    'en'
  return { lang, dir: /ar|he/.test(lang) ? 'rtl' : 'ltr', words: words[lang] as Words }
}
