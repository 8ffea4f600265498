import type { JWK } from 'jose'
import type { Provider } from 'oidc-provider'
import initializeKeys from 'oidc-provider/lib/helpers/initialize_keystore.js'
import { get as stateOf } from 'oidc-provider/lib/helpers/weak_cache.js'

export interface KeySet {
  /** Public keys, as the JWKS shows them. */
  published: JWK[]
  /** Private keys: the first that fits signs, all of them verify. */
  usable: JWK[]
}

interface Keys {
  current(): KeySet
  onChange(listener: (keys: KeySet) => void): void
}

/** Gives the provider the keys as they are and whenever they change. */
export function followKeys(provider: Provider, keys: Keys): void {
  replaceKeys(provider, keys.current())
  keys.onChange((changed) => replaceKeys(provider, changed))
}

/**
 * Between two requests, as far as any of them can see. The library takes its keys at construction
 * only; its own function for that can be called again, which spares us a second provider and
 * everyone who holds the first one (decision 0017).
 */
function replaceKeys(provider: Provider, { published, usable }: KeySet): void {
  initializeKeys.call(provider, { keys: usable })
  // Not all that verify a hint are published.
  stateOf(provider).jwks = { keys: published }
}
