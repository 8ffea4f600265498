import { z } from 'zod'

/** Free text, always escaped where it is shown; what a database or a terminal chokes on is refused. */
export function freeText({ max, required = false, lines = false }: TextLimits) {
  const controls = lines ? /[^\P{Cc}\n\r\t]/u : /\p{Cc}/u
  return z
    .string()
    .trim()
    .refine((text) => text.isWellFormed() && !controls.test(text), 'Remove control characters.')
    .refine((text) => length(text) <= max, `Use at most ${max} characters.`)
    .refine((text) => !required || /[^\p{C}\p{Z}]/u.test(text), 'Write something that can be seen.')
    .meta({ maxLength: max, ...(required && { minLength: 1 }) })
}

interface TextLimits {
  max: number
  required?: boolean
  lines?: boolean
}

/** Only https, or http on one's own machine, may ever get into an href or src (A127). */
export const webAddress = z
  .string()
  .trim()
  .max(2048)
  .refine(isWebAddress, 'Give an https address without user name or password.')
  .meta({ format: 'uri' })

/** As browsers send it in the Origin header (RFC 6454 6.2). */
export const origin = z
  .string()
  .max(2048)
  .refine(
    (text) => isWebAddress(text) && new URL(text).origin === text,
    'Give scheme, host and port only, such as https://app.example.',
  )

export const uuid = z.uuid().meta({ format: 'uuid' })

/** The table's row was made or changed at this time. */
export const timestamp = z.string().meta({ format: 'date-time' })

// People count characters; JavaScript counts UTF-16 units.
const length = (text: string) => [...text].length

function isWebAddress(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname, username, password } = new URL(text)
  if (username || password) return false
  return protocol === 'https:' || /^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)
}
