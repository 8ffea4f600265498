import type { AdapterPayload } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import { findRegisteredClient, type RegisteredClient } from '#db/registered-clients.ts'
import { currentRequest } from '../request-notes.ts'
import { identityScopes } from '../scopes.ts'
import type { MachineClients } from './machine-clients.ts'
import type { Store } from './store.ts'
import { readTokenRequest, type TokenRequestParts } from './token-request.ts'

export interface ClientParts extends TokenRequestParts {
  db: Db
  machineClients: MachineClients
}

/** A disabled client is not there: every endpoint then refuses it (invalid_client). */
export function clientStore(parts: ClientParts): Store {
  return {
    async find(clientId) {
      const client = await clientOf(clientId, parts)
      return client && clientMetadata(client)
    },
  }
}

/** At the token endpoint the client comes with what it presents, in one statement. */
function clientOf(clientId: string, parts: ClientParts): Promise<RegisteredClient | undefined> {
  const ctx = currentRequest()
  if (ctx?.oidc?.route !== 'token') return findRegisteredClient(parts.db, clientId)
  if (ctx.oidc.params?.grant_type === 'client_credentials')
    return parts.machineClients.find(clientId)
  return readTokenRequest(ctx, clientId, parts)
}

/** Our client as RFC 7591 metadata, plus what the policy reads (extraClientMetadata). */
function clientMetadata(client: RegisteredClient): AdapterPayload {
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
function authentication(client: RegisteredClient): object {
  if (client.type === 'spa' || client.type === 'native') {
    return { token_endpoint_auth_method: 'none' }
  }
  return {
    token_endpoint_auth_method: 'client_secret_basic',
    client_secret: client.secretHashes.join('.') || 'none',
  }
}
