import { createHash, timingSafeEqual } from 'node:crypto'
import { errors, type Provider } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import { deleteSessionsByUid } from '#db/sessions.ts'
import { startFamily } from '#db/token-families.ts'
import { redirectUriMatches, redirectUriProblem } from '../redirect-uris.ts'
import { familyGrantId, parseGrantId } from './grant-ids.ts'
import { detectReplays } from './replay-detection.ts'
import { currentRequest, notesOf } from './request-notes.ts'
import { allScopes } from './scopes.ts'
import { accessTokenMarkers } from './store/access-tokens.ts'
import type { MachineClients } from './store/machine-clients.ts'
import type { SuccessorFinder } from './store/successors.ts'
import { accessTokenPrefix, refreshTokenPrefix } from './token-ids.ts'

/**
 * Everything we change inside oidc-provider, each with its reason. overrides.test.ts holds each
 * against the library alone, so that an upgrade which changes what stands beneath is noticed.
 */
export function overrideLibrary(
  provider: Provider,
  { db, findSuccessor, machineClients }: OverrideParts,
): void {
  // The library's classes are reached through the instance; its types do not show these members.
  const library = provider as unknown as Library
  prefixTokens(library)
  deriveRefreshTokens(library, findSuccessor)
  beginFamilies(library, db)
  compareSecretHashes(library, machineClients)
  matchRedirectUris(library)
  refuseForeignScopes(library)
  endSessionsWhole(library, db)
  resumeNoEndedSession(library)
  detectReplays(provider, db)
}

export interface OverrideParts {
  db: Db
  findSuccessor: SuccessorFinder
  machineClients: MachineClients
}

/** People and secret scanners should recognise a token; the marker saves a query (access-tokens.ts). */
function prefixTokens(library: Library): void {
  for (const kind of ['AccessToken', 'ClientCredentials'] as const) {
    const prototype = library[kind].prototype
    const original = prototype.generateTokenId
    prototype.generateTokenId = function () {
      return accessTokenPrefix + accessTokenMarkers[kind] + original.call(this)
    }
  }
}

/** A rotation repeated after a lost answer must give the same token (contract, section 3). */
function deriveRefreshTokens(library: Library, findSuccessor: SuccessorFinder): void {
  const prototype = library.RefreshToken.prototype
  const original = prototype.generateTokenId
  prototype.generateTokenId = function () {
    const ctx = currentRequest()
    const rotated = ctx?.oidc?.entities.RotatedRefreshToken as { jti?: string } | undefined
    const random = refreshTokenPrefix + original.call(this)
    if (!ctx || !rotated?.jti) return random
    return findSuccessor(rotated.jti, notesOf(ctx).read?.refreshToken?.successorKey).token
  }
}

/** The library hangs codes on the consent; what comes of one code must be able to end alone. */
function beginFamilies(library: Library, db: Db): void {
  const prototype = library.AuthorizationCode.prototype
  const original = prototype.save
  prototype.save = async function (...args) {
    const ref = this.grantId === undefined ? undefined : parseGrantId(this.grantId)
    if (ref?.kind === 'consent') this.grantId = familyGrantId(await startFamily(db, ref.id))
    return original.apply(this, args)
  }
}

/** The database has only SHA-256 hashes of secrets, several during a rotation (store/clients.ts). */
function compareSecretHashes(library: Library, machineClients: MachineClients): void {
  library.Client.prototype.compareClientSecret = async function (presented) {
    const hash = createHash('sha256').update(presented).digest()
    if (!isAmong(hash, this.clientSecret.split('.'))) {
      // A machine's new secret works at once, also where the client is remembered without it.
      if (!isMachineRequest()) return false
      machineClients.forget(this.clientId)
      const now = await machineClients.find(this.clientId)
      if (!isAmong(hash, now?.secretHashes ?? [])) return false
    }
    const ctx = currentRequest()
    if (ctx) notesOf(ctx).secretHash = hash
    return true
  }
}

const isAmong = (hash: Buffer, known: string[]): boolean =>
  known
    .map((text) => Buffer.from(text, 'base64'))
    .some((other) => other.length === hash.length && timingSafeEqual(other, hash))

const isMachineRequest = () => currentRequest()?.oidc?.params?.grant_type === 'client_credentials'

/**
 * The library's rules let plain http through for web clients, refuse http://*.localhost for native
 * ones and know flexible ports for native clients only (contract, section 3; RFC 8252 7.3).
 */
function matchRedirectUris(library: Library): void {
  library.Client.prototype.redirectUriAllowed = function (sent) {
    return redirectUriMatches(sent, this.redirectUris)
  }
  library.Client.Schema.prototype.redirectUris = function (
    this: ClientSchema,
    uris = this.redirect_uris,
    label = 'redirect_uris',
  ) {
    const type = this.application_type === 'native' ? 'native' : 'web'
    for (const uri of uris ?? []) {
      const problem = redirectUriProblem(uri, type)
      if (problem) this.invalidate(`${label}: ${problem}`)
    }
  }
}

/**
 * The library drops unknown scopes in silence, and says of one that is not registered only that
 * there is one, beside a field that RFC 6749 4.1.2.1 does not have. A developer should read its name.
 */
function refuseForeignScopes(library: Library): void {
  Object.defineProperty(library.OIDCContext.prototype, 'requestParamOIDCScopes', {
    configurable: true,
    get(this: { params: { scope?: string }; client?: { registered_scopes?: string[] } }) {
      const requested = new Set(this.params.scope?.split(' ').filter(Boolean))
      const registered = this.client?.registered_scopes ?? []
      for (const scope of requested) {
        if (!allScopes.includes(scope)) {
          throw invalidScope(`the scope ${scope} does not exist`)
        }
        if (!registered.includes(scope)) {
          throw invalidScope(`this app is not registered for the scope ${scope}`)
        }
      }
      return requested
    },
  })
}

/** Not errors.InvalidScope, which puts the scope beside its description as a field of its own. */
export const invalidScope = (description: string) =>
  new errors.CustomOIDCProviderError('invalid_scope', description)

/** Two tabs renewing their session at once may leave two rows; a sign-out must end both. */
function endSessionsWhole(library: Library, db: Db): void {
  const prototype = library.Session.prototype
  const original = prototype.destroy
  prototype.destroy = async function () {
    await original.call(this)
    await deleteSessionsByUid(db, this.uid)
  }
}

/**
 * The library would sign a person in whenever the browser comes back with a sign-in that was answered
 * up to an hour ago, also when all sessions were ended in between, by a new password for instance.
 * Here the sign-in itself has begun the session (interactions.ts): if that is gone, the person is
 * asked again; if not, it keeps its own auth_time.
 */
function resumeNoEndedSession(library: Library): void {
  const prototype = library.Session.prototype
  const original = prototype.loginAccount
  prototype.loginAccount = function (details) {
    const oidc = currentRequest()?.oidc
    if (oidc?.route !== 'resume') return original.call(this, details)
    if (this.accountId !== details.accountId) delete oidc.entities.Interaction?.result?.login
  }
}

interface ClientSchema {
  application_type: string
  redirect_uris?: string[]
  redirectUris(uris?: string[], label?: string): void
  invalidate(message: string): void
}

interface TokenPrototype {
  grantId?: string
  generateTokenId(): string
  save(...args: unknown[]): Promise<string>
}

interface SessionPrototype {
  uid: string
  accountId?: string
  destroy(): Promise<void>
  loginAccount(details: { accountId: string }): void
}

interface Library {
  AccessToken: { prototype: TokenPrototype }
  ClientCredentials: { prototype: TokenPrototype }
  RefreshToken: { prototype: TokenPrototype }
  AuthorizationCode: { prototype: TokenPrototype }
  Session: { prototype: SessionPrototype }
  OIDCContext: { prototype: object }
  Client: {
    prototype: {
      clientSecret: string
      redirectUris: string[]
      compareClientSecret(
        this: { clientId: string; clientSecret: string },
        presented: string,
      ): Promise<boolean>
      redirectUriAllowed(this: { redirectUris: string[] }, sent: string): boolean
    }
    Schema: { prototype: ClientSchema }
  }
}
