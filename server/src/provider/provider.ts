import type { EventEmitter } from 'node:events'
import type { JWK } from 'jose'
import { type Configuration, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider'
import { findConsentOf } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { cookieSigner } from '#web/cookie-signer.ts'
import type { Keys, Seal } from '../keys.ts'
import { accountFinder } from './accounts.ts'
import { adapterFactory } from './adapter.ts'
import { allowedOrigins } from './allowed-origins.ts'
import { answers } from './answers.ts'
import { codeReuse } from './code-reuse.ts'
import { cookieOptions } from './cookies.ts'
import { type FailureThrottle, failureLimit } from './failure-limit.ts'
import { bindingParam, type FedcmAnswers } from './fedcm-answers.ts'
import { formPostPolicy } from './form-post.ts'
import { consentGrantId } from './grant-ids.ts'
import { issuedTokens } from './issued-tokens.ts'
import { lifetimes, refreshTokenLifetime } from './lifetimes.ts'
import { invalidScope, overrideLibrary } from './overrides.ts'
import { promptPolicy } from './policy.ts'
import { notesOf } from './request-notes.ts'
import { interactionPath, routes } from './routes.ts'
import { allScopes, claimsByScope } from './scopes.ts'
import { signingAlgorithms } from './signing-keys.ts'
import { type MachineClients, machineClients } from './store/machine-clients.ts'
import { successorFinder } from './store/successors.ts'
import { unitOfWork } from './unit-of-work.ts'

export interface ProviderParts {
  issuer: string
  db: Db
  keys: Keys
  seal: Seal
  signingKeys: JWK[]
  throttle: FailureThrottle
  fedcm: Pick<FedcmAnswers, 'requireRequest' | 'requirePerson'>
  locales: readonly string[]
  log: { error(fields: object, message: string): void }
  /** Tokens were issued, by which grant type. */
  onTokens(grantType: string): void
  pages: Pick<Configuration, 'renderError'> & {
    logoutSource: NonNullable<
      NonNullable<Configuration['features']>['rpInitiatedLogout']
    >['logoutSource']
    postLogoutSuccessSource: NonNullable<
      NonNullable<Configuration['features']>['rpInitiatedLogout']
    >['postLogoutSuccessSource']
  }
}

/** oidc-provider, told our wishes. What it cannot be told stands in overrides.ts. */
export function createProvider(parts: ProviderParts): Provider {
  const { issuer, db, keys } = parts
  const known = machineClients(db)
  const provider = new Provider(issuer, configuration(parts, known))
  // Every request reaches it with headers that edge.ts made true.
  provider.proxy = true
  const findSuccessor = successorFinder(keys.refreshSuccessors)
  overrideLibrary(provider, { db, findSuccessor, machineClients: known })
  provider.use(formPostPolicy())
  provider.use(failureLimit(parts.throttle))
  provider.use(issuedTokens(parts.onTokens))
  provider.use(answers())
  provider.use(codeReuse(db))
  provider.use(unitOfWork({ db, findSuccessor }))
  noteErrors(provider, parts.log)
  return provider
}

function configuration(parts: ProviderParts, machines: MachineClients): Configuration {
  const { issuer, db, keys, seal, signingKeys } = parts
  return {
    adapter: adapterFactory({ db, keys, seal, machineClients: machines }),
    jwks: { keys: signingKeys as never },
    routes,
    cookies: cookieOptions(issuer, cookieSigner(keys.cookies)),
    discovery: { service_documentation: `${issuer}/`, ui_locales_supported: parts.locales },
    renderError: parts.pages.renderError,
    interactions: {
      policy: promptPolicy(parts.fedcm.requirePerson),
      url: (_ctx, interaction) => interactionPath(interaction.uid),
    },
    features: features(parts.pages),
    ...clientRules(parts.fedcm),
    ...personRules(db),
    ...tokenRules(),
  }
}

function clientRules({ requireRequest }: ProviderParts['fedcm']): Configuration {
  return {
    responseTypes: ['code'],
    allowOmittingSingleRegisteredRedirectUri: false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: [...signingAlgorithms] },
    extraClientMetadata: {
      properties: ['allowed_origins', 'registered_scopes', 'resource_server', 'require_pkce'],
    },
    clientBasedCORS: (_ctx, origin, client) => allowedOrigins(client).includes(origin),
    extraParams: {
      scope: requireScope,
      nonce: refuseNul,
      acr_values: refuseLongText,
      [bindingParam]: requireRequest,
    },
    pkce: { required: (_ctx, client) => client.require_pkce !== false },
  }
}

function personRules(db: Db): Configuration {
  return {
    scopes: [...allScopes],
    claims: claimsByScope,
    // OIDC Core 5.4 would keep them to userinfo; the contract has them in the ID token too.
    conformIdTokenClaims: false,
    findAccount: accountFinder(db),
    loadExistingGrant: async ({ oidc }) => {
      const { client, account } = oidc
      if (!client || !account) return undefined
      const consent = await findConsentOf(db, account.accountId, client.clientId)
      return consent && oidc.provider.Grant.find(consentGrantId(consent.id))
    },
  }
}

function tokenRules(): Configuration {
  return {
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    ttl: {
      AccessToken: lifetimes.accessToken,
      AuthorizationCode: lifetimes.authorizationCode,
      ClientCredentials: lifetimes.clientCredentials,
      Grant: lifetimes.refreshFamily,
      IdToken: lifetimes.idToken,
      Interaction: lifetimes.interaction,
      RefreshToken: (_ctx, token) =>
        refreshTokenLifetime((token as { iiat?: number }).iiat, Math.floor(Date.now() / 1000)),
      Session: lifetimes.sessionIdle,
    },
  }
}

/** Discovery announces what is on here, so nothing is on that does not work yet. */
function features(pages: ProviderParts['pages']): NonNullable<Configuration['features']> {
  const { logoutSource, postLogoutSuccessSource } = pages
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    dPoP: { enabled: false },
    introspection: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) =>
        token.clientId === client.clientId || client.resource_server === true,
    },
    pushedAuthorizationRequests: { enabled: false },
    requestObjects: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: {
      enabled: true,
      allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: { enabled: true, logoutSource, postLogoutSuccessSource },
    userinfo: { enabled: true },
  }
}

/** Without one nothing could be granted; better said at once than after a sign-in (RFC 6749 3.3). */
function requireScope(_ctx: unknown, scope: string | undefined): void {
  if (!scope) throw invalidScope('scope is missing: name at least one')
}

/** The nonce is the one free text of a request that is stored as it is (A155). */
function refuseNul(_ctx: unknown, nonce: string | undefined): void {
  if (nonce?.includes('\0')) throw new errors.InvalidRequest('nonce contains a NUL character')
}

/** Kept with every token of the sign-in, so it may be neither long nor more than names. */
function refuseLongText(_ctx: unknown, acrValues: string | undefined): void {
  if (acrValues === undefined || /^[\x20-\x7e]{0,200}$/.test(acrValues)) return
  throw new errors.InvalidRequest('acr_values must be at most 200 printable characters')
}

/** answers.ts explains an error by what the library kept to itself; a fault of ours is logged. */
function noteErrors(provider: Provider, log: ProviderParts['log']): void {
  const note = (ctx: KoaContextWithOIDC, error: Error) => {
    notesOf(ctx).error = error
  }
  provider.on('grant.error', note)
  provider.on('introspection.error', note)
  provider.on('revocation.error', note)
  provider.on('userinfo.error', note)
  // Koa would print it; nothing but bugs comes here.
  const emitter: EventEmitter = provider
  emitter.on('error', (error: Error) => log.error({ err: error }, 'request failed'))
  provider.on('server_error', (ctx, error) => {
    note(ctx, error)
    log.error({ err: error, requestId: ctx.response.get('X-Request-Id') }, 'request failed')
  })
}
