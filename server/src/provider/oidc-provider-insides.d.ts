declare module 'oidc-provider/lib/helpers/initialize_keystore.js' {
  import type { JWK } from 'jose'
  import type { Provider } from 'oidc-provider'

  function initialize(this: Provider, jwks: { keys: JWK[] }): void

  // biome-ignore lint/style/noDefaultExport: the library's own
  export { initialize as default }
}

declare module 'oidc-provider/lib/helpers/weak_cache.js' {
  import type { JWK } from 'jose'
  import type { Provider } from 'oidc-provider'

  /** What the library keeps of a provider. */
  export function get(provider: Provider): { jwks: { keys: JWK[] } }
}
