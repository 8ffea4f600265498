import { hash } from 'node:crypto'
import type { PresentedKey } from '#db/api-keys.ts'
import { isWellFormed } from './api-keys/format.ts'
import type { Credential, CredentialSources } from './gateway/credential.ts'
import type { Presented } from './gateway/presented.ts'
import { remembered } from './gateway/remembered.ts'
import { type credentialFinder, kindOf } from './provider/credentials.ts'

interface Finders {
  findToken: ReturnType<typeof credentialFinder>
  /** By SHA-256 in hexadecimal. */
  findKey(keyHash: string): Promise<PresentedKey | undefined>
}

interface Found {
  credential: Credential
  secondsLeft: number
}

/** Tokens and API keys as the gateway looks them up: as they are now, and as they were a moment ago. */
export function presentedCredentials({ findToken, findKey }: Finders) {
  async function askToken(token: string): Promise<Found | undefined> {
    const found = await findToken(token)
    if (!found) return undefined
    const { secondsLeft, ...rest } = found
    return {
      credential: { ...rest, kind: 'oauth', allowedAddresses: [], callsPerMinute: null },
      secondsLeft,
    }
  }

  async function askKey(key: string): Promise<Found | undefined> {
    // A typo or rubbish is refused by its checksum, without the database.
    const found = isWellFormed(key) ? await findKey(sha256(key)) : undefined
    if (!found) return undefined
    const { secondsLeft, ...rest } = found
    const credential = {
      ...rest,
      kind: 'api_key' as const,
      clientId: undefined,
      allowedOrigins: [],
    }
    return { credential, secondsLeft }
  }

  const [tokens, keys] = [remembered(askToken, sha256), remembered(askKey, sha256)]
  const recent: CredentialSources = {
    findToken: async (token) => (await tokens.find(token))?.credential,
    findApiKey: async (key) => (await keys.find(key))?.credential,
  }
  const current: CredentialSources = {
    findToken: async (token) => (await askToken(token))?.credential,
    findApiKey: async (key) => (await askKey(key))?.credential,
  }
  return {
    recent,
    current,
    /** A key that is mistyped, a token of another make: refused without the database. */
    mayExist: ({ kind, value }: Presented) =>
      kind === 'key' ? isWellFormed(value) : kindOf(value) !== undefined,
    forget() {
      tokens.forget()
      keys.forget()
    },
  }
}

const sha256 = (secret: string) => hash('sha256', secret, 'hex')
