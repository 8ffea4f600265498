import type { AdapterPayload } from 'oidc-provider'
import { type Client, findActiveClientWithSecrets } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { identityScopes } from '../scopes.ts'
import type { Store } from './store.ts'

/** A disabled client is not there: every endpoint then refuses it (invalid_client). */
export function clientStore(db: Db): Store {
  return {
    async find(clientId) {
      const client = await findActiveClientWithSecrets(db, clientId)
      return client && clientMetadata(client)
    },
  }
}

type ClientWithSecrets = Client & { secretHashes: string[] }

/** Our client as RFC 7591 metadata, plus what the policy reads (extraClientMetadata). */
function clientMetadata(client: ClientWithSecrets): AdapterPayload {
  const usesCode = client.grantTypes.includes('authorization_code')
  return {
    client_id: client.clientId,
    client_name: client.name,
    application_type: client.type === 'native' ? 'native' : 'web',
    grant_types: client.grantTypes,
    response_types: usesCode ? ['code'] : [],
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    // Not `scope`, which the library would check first, without naming what is wrong.
    registered_scopes: [...identityScopes, ...client.scopes],
    id_token_signed_response_alg: client.idTokenAlg,
    ...authentication(client),
    allowed_origins: client.allowedOrigins,
    resource_server: client.resourceServer,
    require_pkce: client.requirePkce,
  } as AdapterPayload
}

/** Hashes stand where the library keeps the secret; overrides.ts compares accordingly. */
function authentication(client: ClientWithSecrets): object {
  if (client.type === 'spa' || client.type === 'native') {
    return { token_endpoint_auth_method: 'none' }
  }
  return {
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: client.secretHashes.join('.') || 'none',
  }
}
