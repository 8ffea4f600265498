import type { Credential } from './credential.ts'

/** A call that stood on a consent; scope is empty where the operation needed none. */
interface ConsentUse {
  accountId: string
  clientId: string
  scope: string
}

interface UsageParts {
  saveKeys(ids: string[]): Promise<void>
  saveConsents(uses: ConsentUse[]): Promise<void>
  log: { warn(fields: object, message: string): void }
  /** Milliseconds between two writes. */
  every?: number
}

/**
 * Remembers what was used and writes it down from time to time, so that no call waits for it. What
 * the last seconds before a crash used is forgotten: nothing but a "last used" stands on it.
 */
export function usage({ saveKeys, saveConsents, log, every = 10_000 }: UsageParts) {
  let keys = new Set<string>()
  let consents = new Map<string, ConsentUse>()

  async function flush(): Promise<void> {
    const [usedKeys, usedConsents] = [[...keys], [...consents.values()]]
    keys = new Set()
    consents = new Map()
    try {
      if (usedKeys.length > 0) await saveKeys(usedKeys)
      if (usedConsents.length > 0) await saveConsents(usedConsents)
    } catch (err) {
      log.warn({ err }, 'what was used last could not be stored')
    }
  }

  const timer = setInterval(() => void flush(), every)
  timer.unref()
  return {
    note({ kind, id, person, clientId }: Credential, scopes: string[]): void {
      if (kind === 'api_key') {
        keys.add(id)
      } else if (person && clientId) {
        for (const scope of scopes.length > 0 ? scopes : ['']) {
          const name = `${person.id} ${clientId} ${scope}`
          if (!consents.has(name)) consents.set(name, { accountId: person.id, clientId, scope })
        }
      }
    },
    flush,
    async close(): Promise<void> {
      clearInterval(timer)
      await flush()
    },
  }
}
