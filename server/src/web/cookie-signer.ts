import { createHmac, timingSafeEqual } from 'node:crypto'

/** What Koa and the provider sign cookies with (the interface of the package keygrip). */
export interface CookieSigner {
  sign(data: string): string
  verify(data: string, signature: string): boolean
  index(data: string, signature: string): number
}

/**
 * Signs with the first key and accepts them all. Keygrip itself says which key it was, whereupon a
 * cookie is signed anew with neither its expiry nor its path: a sign-in would end with the browser.
 */
export function cookieSigner(keys: readonly Buffer[]): CookieSigner {
  const mac = (data: string, key: Buffer) => createHmac('sha1', key).update(data).digest()
  const verify = (data: string, signature: string) => {
    const sent = Buffer.from(signature, 'base64url')
    return keys.some((key) => isSame(mac(data, key), sent))
  }
  return {
    sign: (data) => mac(data, keys[0] as Buffer).toString('base64url'),
    verify,
    index: (data, signature) => (verify(data, signature) ? 0 : -1),
  }
}

const isSame = (one: Buffer, other: Buffer) =>
  one.length === other.length && timingSafeEqual(one, other)
