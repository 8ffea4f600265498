import { importJWK, type JWK, SignJWT } from 'jose'
import type { Credential } from './credential.ts'

/** Whom the signed header is for; the platform must insist on it (RFC 7519 4.1.3). */
const identityAudience = 'autogpt-platform'
/** Explicit typing, so that it is never taken for an ID token (RFC 8725 3.11). */
const identityType = 'autogpt-identity+jwt'

/** Seconds. A header is good for a minute and used again for a part of that. */
const lifetime = 60
const reused = 20
const mostKept = 10_000

/** Headers for the platform behind the gateway, by name. */
export type IdentityHeaders = Record<string, string>

/**
 * Says whom a call is for, to the platform behind the gateway: user, client, scopes, credential. In
 * signed words, which are verified with the JWKS of the issuer as ID tokens are, and in plain ones.
 */
export function identityHeaders({ issuer, signingKey }: { issuer: string; signingKey(): JWK }) {
  // Signing costs more than the rest of a decision, and says the same from one call to the next.
  const kept = new Map<string, { headers: Promise<IdentityHeaders>; until: number }>()
  let keptFor: JWK | undefined

  return (credential: Credential): Promise<IdentityHeaders> => {
    const key = signingKey()
    const now = Math.floor(Date.now() / 1000)
    if (key !== keptFor || kept.size >= mostKept) kept.clear()
    keptFor = key
    const name = `${credential.id} ${credential.scopes.join(' ')}`
    const known = kept.get(name)
    if (known && known.until > now) return known.headers
    const headers = sign(credential, { key, issuer, now }).then((jwt) => ({
      ...plain(credential),
      'X-AutoGPT-Identity': jwt,
    }))
    kept.set(name, { headers, until: now + reused })
    headers.catch(() => kept.delete(name))
    return headers
  }
}

async function sign(
  { id, kind, clientId, person, scopes }: Credential,
  { key, issuer, now }: { key: JWK; issuer: string; now: number },
): Promise<string> {
  const claims = {
    scope: scopes.join(' '),
    credential_id: id,
    credential_type: kind,
    ...(clientId && { client_id: clientId }),
  }
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: identityType })
    .setIssuer(issuer)
    .setAudience(identityAudience)
    .setSubject(person?.id ?? clientId ?? id)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(await importJWK(key, 'ES256'))
}

/** For a platform that trusts its network (contract, section 7). */
const plain = ({ clientId, person, scopes }: Credential): IdentityHeaders => ({
  ...(person && { 'X-AutoGPT-User-Id': person.id }),
  ...(clientId && { 'X-AutoGPT-Client-Id': clientId }),
  'X-AutoGPT-Scopes': scopes.join(' '),
})
