import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/*
 * agpt_, 43 characters for 256 random bits, six for their CRC-32, all in base62: no underscore after
 * the prefix, so that no key can be taken for a token (agpt_xt_…), and whoever mistypes one, or
 * tries at random, is refused without a question to the database.
 */
const prefix = 'agpt_'
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomLength = 43
const checksumLength = 6

/** For secret scanners (docs/integrate/api.md); isWellFormed() checks the last six characters too. */
export const apiKeyPattern = `${prefix}[0-9A-Za-z]{${randomLength + checksumLength}}`
const wellFormed = new RegExp(`^${apiKeyPattern}$`)

export function newApiKey(): string {
  const random = base62(BigInt(`0x${randomBytes(32).toString('hex')}`), randomLength)
  return prefix + random + checksum(random)
}

/** Whether it may be a key of ours, by its looks alone. */
export function isWellFormed(key: string): boolean {
  if (!wellFormed.test(key)) return false
  const random = key.slice(prefix.length, -checksumLength)
  return key.endsWith(checksum(random))
}

/** In plain numbers: it is computed for each call. */
function checksum(text: string): string {
  let rest = crc32(prefix + text)
  let written = ''
  for (let place = 0; place < checksumLength; place++) {
    written = digits[rest % 62] + written
    rest = Math.floor(rest / 62)
  }
  return written
}

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; rest > 0n; rest /= 62n) text = digits[Number(rest % 62n)] + text
  return text.padStart(length, '0')
}
