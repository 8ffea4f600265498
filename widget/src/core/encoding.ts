type Bytes = Uint8Array<ArrayBuffer>

const base64url = (bytes: Bytes): string =>
  btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=/g, '')

/** Of text in ASCII, as all is that is hashed or signed here. */
export const bytesOf = (text: string): Bytes => Uint8Array.from(text, (c) => c.charCodeAt(0))

export const decoded = (text: string): Bytes =>
  bytesOf(atob(text.replace(/-/g, '+').replace(/_/g, '/')))

/** 256 bits (RFC 7636 7.1). */
export const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)))

/** The hash, or as many bytes of its beginning. */
export const sha256 = async (text: string, bytes?: number): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(text)), 0, bytes))
