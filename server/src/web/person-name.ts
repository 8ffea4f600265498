/** A name fit to be stored and shown: trimmed, one line, at most 100 characters; or what is wrong. */
export function personName(typed: string): { name: string } | { problem: 'too_long' | 'unfit' } {
  const name = typed.trim().normalize('NFC')
  if ([...name].length > 100) return { problem: 'too_long' }
  return unfit.test(name) ? { problem: 'unfit' } : { name }
}

// Controls and line breaks, and overrides of writing direction, which make a name read as another.
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u
