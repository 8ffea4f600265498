import type { Locale } from '#web/locale.ts'
import type { Mail } from './parts.ts'

export type LetterKind = 'signUp' | 'taken' | 'verify' | 'reset' | 'unknown'

interface LetterFacts {
  to: string
  locale: Locale
  issuer: string
  link: string
  code: string
}

/** What the mail of a challenge says. No name stands in it: a stranger may have typed it. */
export function letter(kind: LetterKind, { to, locale, issuer, link, code }: LetterFacts): Mail {
  const words = locale.messages.mail
  const common = { to, locale, kind }
  switch (kind) {
    case 'signUp':
    case 'verify': {
      const { subject, lead, link: label, footnote } = words[kind]
      const links = [{ label, url: link }]
      return { ...common, subject, paragraphs: [lead], code, links, footnote }
    }
    case 'taken': {
      const { subject, lead, signIn, reset, footnote } = words.taken
      const links = [
        { label: signIn, url: `${issuer}/login` },
        { label: reset, url: `${issuer}/forgot-password` },
      ]
      return { ...common, subject, paragraphs: [lead], links, footnote }
    }
    case 'reset': {
      const { subject, lead, link: label, footnote } = words.reset
      return { ...common, subject, paragraphs: [lead], links: [{ label, url: link }], footnote }
    }
    case 'unknown': {
      const { subject, lead, hint, signUp, footnote } = words.unknown
      const links = [{ label: signUp, url: `${issuer}/signup` }]
      return { ...common, subject, paragraphs: [lead, hint], links, footnote }
    }
  }
}
