import { bytesOf, sha256, utf8 } from './encoding.ts'
import { fail, SignInError } from './errors.ts'
import { getJson } from './fetched.ts'
import type { Transaction } from './transaction.ts'
import type { Claims, Tokens } from './types.ts'

/** The only two; what a token says of itself is never more than a choice between them (RFC 8725 3.1). */
const algorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
}

/** Seconds by which two clocks may differ. */
const leeway = 60

const parsed = (part = '') => JSON.parse(new TextDecoder().decode(bytesOf(part)))

/** The claims of an ID token that is this server's, for this client and this attempt (OIDC Core 3.1.3.7). */
export async function verifiedClaims(tokens: Tokens, transaction: Transaction): Promise<Claims> {
  try {
    const [head, body, signature = ''] = tokens.id_token.split('.')
    const { alg, kid } = parsed(head) as { alg: keyof typeof algorithms; kid: string }
    const algorithm = algorithms[alg]
    const { subtle } = crypto
    // A key of another kind than the algorithm wants is refused by the browser.
    const jwk = await keyFor(transaction.issuer, kid)
    const key = await subtle.importKey('jwk', jwk, algorithm, false, ['verify'])
    const claims = parsed(body)
    if (
      (await subtle.verify(algorithm, key, bytesOf(signature), utf8(`${head}.${body}`))) &&
      (await isOurs(claims, tokens, transaction))
    ) {
      return claims
    }
    throw new Error('signature or claims')
  } catch (wrong) {
    // The keys did not come, which says nothing of the token.
    if (wrong instanceof SignInError) throw wrong
    fail('invalid_id_token', `${wrong}`)
  }
}

async function isOurs(
  { iss, aud, azp, nonce, exp, iat, at_hash }: Claims & { azp?: string; at_hash?: string },
  { access_token }: Tokens,
  { issuer, asked }: Transaction,
): Promise<boolean> {
  const now = Date.now() / 1000
  const { client_id } = asked
  return (
    iss === issuer &&
    [aud].flat().includes(client_id) &&
    (azp ?? [aud].flat().join()) === client_id &&
    nonce === asked.nonce &&
    exp > now - leeway &&
    iat < now + leeway &&
    (!at_hash || at_hash === (await sha256(access_token, 16)))
  )
}

/** A key that came after the browser kept the set: once more, past its cache. */
async function keyFor(issuer: string, kid: string): Promise<JsonWebKey> {
  for (const cache of ['default', 'reload'] as const) {
    const { keys } = await getJson(`${issuer}/.well-known/jwks.json`, { cache })
    const key = (keys as (JsonWebKey & { kid?: string })[]).find((known) => known.kid === kid)
    if (key) return key
  }
  throw new Error('kid')
}
