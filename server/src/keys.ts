import { hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'

/** Keys that every node sharing one SECRET_KEY derives alike (HKDF, RFC 5869): nothing to store or hand out. */
export interface Keys {
  /** Signs cookies (Keygrip). */
  cookies: string[]
  csrf: Buffer
  emailCode: Buffer
  knownDevice: Buffer
  /** Derives the successor of a refresh token, so that a repeated rotation gives the same one. */
  refreshSuccessor: Buffer
  /** Encrypts what must be read again: signing keys, pending requests. */
  sealing: SealingKey
}

export interface SealingKey {
  id: string
  key: Buffer
}

export interface Seal {
  seal(text: string): Promise<string>
  open(sealed: string): Promise<string>
}

export function deriveKeys(secretKey: string): Keys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', secretKey, 'autogpt-sso', purpose, 32))
  return {
    cookies: [derive('cookies').toString('base64url')],
    csrf: derive('csrf'),
    emailCode: derive('email-code'),
    knownDevice: derive('known-device'),
    refreshSuccessor: derive('refresh-successor'),
    sealing: {
      id: derive('sealing-id').toString('base64url').slice(0, 8),
      key: derive('sealing'),
    },
  }
}

/** What is stored cannot be read: the key that encrypted it has to come back. */
class OtherSecretKey extends Error {
  override name = 'OtherSecretKey'
  override message =
    'SECRET_KEY is not the one that this data was encrypted with: put the earlier one back.'
}

/** Compact JWE (RFC 7516) with the key's id in its header, so that a later key can stand beside this one. */
export function sealWith({ id, key }: SealingKey): Seal {
  return {
    seal: (text) =>
      new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
        .encrypt(key),
    open: async (sealed) => {
      if (decodeProtectedHeader(sealed).kid !== id) throw new OtherSecretKey()
      const { plaintext } = await compactDecrypt(sealed, key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      })
      return Buffer.from(plaintext).toString()
    },
  }
}
