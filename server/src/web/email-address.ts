import { domainToASCII } from 'node:url'

export interface EmailAddress {
  /** What is stored and written to: compatibility forms folded, the local part's case kept. */
  address: string
  /** What an account is looked up by. */
  key: string
}

/**
 * The address if it is one, or undefined. Mail goes to the normalised address, never to what was
 * typed, so a look-alike that folds onto somebody's address also reaches that somebody (A111).
 */
export function emailAddress(typed: string): EmailAddress | undefined {
  if (typed.length > 320) return
  const [local, domain, ...rest] = typed.trim().normalize('NFKC').split('@')
  if (!local || !domain || rest.length > 0) return
  const host = asciiDomain(domain)
  if (!host || unwritable.test(local)) return
  const address = `${local}@${host}`
  if (Buffer.byteLength(local) > 64 || Buffer.byteLength(address) > 254) return
  return { address, key: `${local.toLowerCase()}@${host}` }
}

// Controls, spaces, invisible and bidirectional characters, and what only quoted local parts may hold.
const unwritable = /[\p{C}\p{Z}"(),:;<>[\\\]]/u

// RFC 1035 2.3.4; a single label passes, since the embedded default is admin@localhost.
const hostname = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.|$))+$/

function asciiDomain(domain: string): string | undefined {
  // The URL host parser behind domainToASCII would read these as escapes, ports, paths or literals.
  if (/[\p{C}\p{Z}%/:?#[\\\]<>^|]/u.test(domain)) return
  const host = domainToASCII(domain).replace(/\.$/, '')
  return hostname.test(host) && !/^[\d.]+$/.test(host) ? host : undefined
}
