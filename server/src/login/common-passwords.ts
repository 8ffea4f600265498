import { createRequire } from 'node:module'

type Dictionaries = typeof import('@zxcvbn-ts/language-common')

const require = createRequire(import.meta.url)
let common: Set<string> | undefined

/** Read when somebody first chooses a password: five megabytes that most processes never need. */
function commonPasswords(): Set<string> {
  if (common) return common
  const { dictionary }: Dictionaries = require('@zxcvbn-ts/language-common')
  // Shorter ones are refused for their length.
  common = new Set(dictionary['passwords-common'].filter((password) => password.length >= 8))
  return common
}

export interface PasswordContext {
  email?: string | undefined
  name?: string | undefined
}

/** True for a password on the lists that attackers try first (NIST SP 800-63B 3.1.1.2). */
export function isCommon(password: string): boolean {
  return commonPasswords().has(password.toLowerCase())
}

/**
 * True if next to nothing, or only a number, is left of the password without our own name, the
 * person's name and the parts of the address: such passwords are tried first against one account.
 */
export function isMadeOfContext(password: string, { email = '', name = '' }: PasswordContext) {
  const lower = password.toLowerCase()
  const left = contextWords(email, name).reduce((rest, word) => rest.replaceAll(word, ''), lower)
  return left.length < lower.length && /^(?:.{0,3}|\d{0,8})$/u.test(left.replace(filler, ''))
}

const filler = /[^\p{L}\p{N}]/gu

function contextWords(email: string, name: string): string[] {
  const own = `${email} ${name}`.normalize('NFKC').toLowerCase()
  const parts = own.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length >= 3)
  const [local = ''] = email.normalize('NFKC').toLowerCase().split('@')
  // Longest first, or 'auto' would leave the 'gpt' of 'autogpt' behind.
  return ['autogpt', 'agpt', ...(local.length >= 3 ? [local] : []), ...parts].sort(
    (a, b) => b.length - a.length,
  )
}
