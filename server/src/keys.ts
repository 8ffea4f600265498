import { hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'

/**
 * Keys that every node with the same SECRET_KEY derives alike (HKDF, RFC 5869): nothing to store or
 * hand out. In each list the first is used, and what another one made is accepted as well.
 */
export interface Keys {
  /** Sign cookies. */
  cookies: Buffer[]
  csrf: Buffer[]
  emailCode: Buffer[]
  knownDevice: Buffer[]
  /** Bind FedCM's own cookie to a session. */
  fedcm: Buffer[]
  /** Bind the answer in FedCM's window to the app that opened it. */
  fedcmBinding: Buffer[]
  /** Derive the successor of a refresh token, so that a repeated rotation gives the same one. */
  refreshSuccessors: NamedKey[]
  /** Encrypt what must be read again: signing keys, pending requests. */
  sealing: NamedKey[]
}

export interface NamedKey {
  id: string
  key: Buffer
}

export interface Seal {
  seal(text: string): Promise<string>
  open(sealed: string): Promise<string>
  /** The same for what may be lost: undefined when its key is gone. */
  openIfKnown(sealed: string): Promise<string | undefined>
  /** Whether it was sealed with the key that is used now. */
  isCurrent(sealed: string): boolean
}

/** accepted: values that SECRET_KEY had before, or will have next (decision 0018). */
export function deriveKeys(secretKey: string, accepted: readonly string[] = []): Keys {
  const secrets = [...new Set([secretKey, ...accepted])]
  const derive = (purpose: string) =>
    secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, 'autogpt-sso', purpose, 32)))
  const named = (purpose: string): NamedKey[] => {
    const ids = derive(`${purpose}-id`).map((id) => id.toString('base64url').slice(0, 8))
    return derive(purpose).map((key, index) => ({ id: ids[index] ?? '', key }))
  }
  return {
    // As text, which is what the first version signed cookies with.
    cookies: derive('cookies').map((key) => Buffer.from(key.toString('base64url'))),
    csrf: derive('csrf'),
    emailCode: derive('email-code'),
    knownDevice: derive('known-device'),
    fedcm: derive('fedcm'),
    fedcmBinding: derive('fedcm-binding'),
    refreshSuccessors: named('refresh-successor'),
    sealing: named('sealing'),
  }
}

/** What is stored cannot be read: the key that encrypted it has to come back. */
class OtherSecretKey extends Error {
  override name = 'OtherSecretKey'
  override message =
    'Neither SECRET_KEY nor SECRET_KEYS_ACCEPTED is what this data was encrypted with: add the earlier value to SECRET_KEYS_ACCEPTED.'
}

/** Compact JWE (RFC 7516) with its key's id in the header. */
export function sealWith(keys: NamedKey[]): Seal {
  const [current] = keys as [NamedKey]
  const idOf = (sealed: string) => decodeProtectedHeader(sealed).kid
  const open = async (sealed: string) => {
    const known = keys.find(({ id }) => id === idOf(sealed))
    if (!known) throw new OtherSecretKey()
    const { plaintext } = await compactDecrypt(sealed, known.key, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    return Buffer.from(plaintext).toString()
  }
  return {
    seal: (text) =>
      new CompactEncrypt(Buffer.from(text))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: current.id })
        .encrypt(current.key),
    open,
    openIfKnown: async (sealed) =>
      keys.some(({ id }) => id === idOf(sealed)) ? open(sealed) : undefined,
    isCurrent: (sealed) => idOf(sealed) === current.id,
  }
}
