import { hash } from 'node:crypto'
import type { Bearer, CredentialKind, Credentials } from '#db/credentials.ts'
import { accessTokenMarkers } from './store/access-tokens.ts'
import { stillAllowed } from './store/store.ts'
import { accessTokenPrefix, refreshTokenPrefix } from './token-ids.ts'

const prefixes: [prefix: string, kind: CredentialKind][] = [
  [accessTokenPrefix + accessTokenMarkers.AccessToken, 'user'],
  [refreshTokenPrefix, 'refresh'],
  [accessTokenPrefix + accessTokenMarkers.ClientCredentials, 'machine'],
]

/** What a token of ours is, by its looks alone; undefined for whatever is none. */
export function kindOf(token: string): CredentialKind | undefined {
  if (!/^[\w-]+$/.test(token)) return undefined
  return prefixes.find(([prefix]) => token.startsWith(prefix))?.[1]
}

/** As credentials.ts of the database wants it, for tokens and for secrets. */
export const hexHash = (presented: string) => hash('sha256', presented, 'hex')

/** The scopes that count now, or undefined: narrowed to nothing is removed (contract, section 3). */
export function scopesNow(token: { scope: string; consentScopes: string | null }) {
  const { scope, consentScopes } = token
  if (consentScopes === null) return scope
  return stillAllowed(scope, consentScopes.split(' ')) || undefined
}

/**
 * Members of a token that its holder must prove more for than having it: a key (RFC 9449, RFC 8705)
 * or a session that still lasts.
 */
const bindings = ['jkt', 'x5t#S256', 'attestationJkt', 'expiresWithSession'] as const

/** What a presented access token may do now, whoever presents it, and for whom. */
export function credentialFinder(credentials: Credentials) {
  return async (token: string) => {
    const kind = kindOf(token)
    if (kind !== 'user' && kind !== 'machine') return undefined
    const found = await credentials.bearer(kind, hexHash(token))
    const scope = found && scopesNow(found)
    if (!found || scope === undefined || bindings.some((name) => name in found.details)) {
      return undefined
    }
    return {
      id: idOf(token),
      person: found.accountId === null ? undefined : personOf(found),
      clientId: found.clientId,
      scopes: scope.split(' ').filter(Boolean),
      allowedOrigins: found.allowedOrigins,
      secondsLeft: found.secondsLeft,
    }
  }
}

/** Tells tokens apart in logs and to the platform; not even their stored hash can be told from it. */
const idOf = (token: string) => hash('sha256', `id of ${token}`, 'base64url').slice(0, 22)

const personOf = ({ accountId, email, emailVerified, name, timezone }: Bearer) => ({
  id: accountId ?? '',
  email: emailVerified ? email : null,
  name: name ?? '',
  timezone: timezone ?? '',
})
