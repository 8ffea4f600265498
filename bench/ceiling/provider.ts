import { type Configuration, Provider } from 'oidc-provider'
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js'
import Lru from 'oidc-provider/lib/helpers/lru.js'
import { lifetimes } from '../../server/src/provider/lifetimes.ts'
import { routes } from '../../server/src/provider/routes.ts'
import { allScopes, claimsByScope } from '../../server/src/provider/scopes.ts'
import { app, machine, timezone } from '../world.ts'

export interface Person {
  id: string
  email: string
  name: string
}

/**
 * oidc-provider as it comes, with its own in-memory adapter and the product's clients, scopes,
 * lifetimes, signatures and addresses. No override, no middleware: the ceiling of what the library
 * can do.
 */
export function ceilingProvider(
  issuer: string,
  signingKey: object,
  findPerson: (id: string) => Person | undefined,
): Provider {
  // As shipped it forgets after a thousand entries, which a run of a second would notice.
  const storage = new Lru({ maxSize: 10_000_000 })
  return new Provider(issuer, {
    adapter: (model: string) => new MemoryAdapter(model, storage),
    clients: clients(),
    routes,
    jwks: { keys: [signingKey as never] },
    cookies: { keys: ['the key that signs cookies in the benchmark'] },
    scopes: [...allScopes],
    claims: claimsByScope,
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, id) => accountOf(findPerson(id)),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true },
    },
    ttl: ttl(),
  })
}

function clients(): NonNullable<Configuration['clients']> {
  return [
    {
      client_id: app.clientId,
      client_secret: app.secret,
      redirect_uris: [app.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    },
    {
      client_id: machine.clientId,
      client_secret: machine.secret,
      redirect_uris: [],
      grant_types: ['client_credentials'],
      response_types: [],
    },
  ]
}

function accountOf(person: Person | undefined) {
  if (!person) return undefined
  const { id, email, name } = person
  const claims = { sub: id, email, email_verified: true, name, zoneinfo: timezone }
  return { accountId: id, claims: async () => ({ ...claims }) }
}

function ttl(): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: lifetimes.accessToken,
    AuthorizationCode: lifetimes.authorizationCode,
    ClientCredentials: lifetimes.clientCredentials,
    Grant: lifetimes.refreshFamily,
    IdToken: lifetimes.idToken,
    Interaction: lifetimes.interaction,
    RefreshToken: lifetimes.refreshToken,
    Session: lifetimes.sessionIdle,
  }
}
