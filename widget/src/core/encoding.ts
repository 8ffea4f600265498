type Bytes = Uint8Array<ArrayBuffer>

const base64url = (bytes: Bytes): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')

export const bytesOf = (text: string): Bytes =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0))

/** 256 bits (RFC 7636 7.1). */
export const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text)

/** The hash, or as many bytes of its beginning. */
export const sha256 = async (text: string, bytes?: number): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(text)), 0, bytes))
