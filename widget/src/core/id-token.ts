import { bytesOf, decoded, sha256 } from './encoding.ts'
import { fail } from './errors.ts'
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

type Asked = Pick<Transaction, 'issuer' | 'asked'>

const parsed = (part: string) => JSON.parse(new TextDecoder().decode(decoded(part)))

/** The claims of an ID token that is this server's, for this client and this attempt (OIDC Core 3.1.3.7). */
export async function verifiedClaims(tokens: Tokens, transaction: Asked): Promise<Claims> {
  // Past the browser's cache: the key may be newer than the set that is kept there.
  const { keys } = await getJson(`${transaction.issuer}/.well-known/jwks.json`, {
    cache: 'no-cache',
  })
  try {
    const [head, body, signature] = tokens.id_token.split('.') as [string, string, string]
    const { alg, kid } = parsed(head) as { alg: keyof typeof algorithms; kid: string }
    const algorithm = algorithms[alg]
    const { subtle } = crypto
    const jwk = (keys as (JsonWebKey & { kid: string })[]).find((known) => known.kid === kid)
    // A key of another kind than the algorithm wants is refused by the browser.
    const key = await subtle.importKey('jwk', jwk as JsonWebKey, algorithm, false, ['verify'])
    const claims = parsed(body)
    if (
      (await subtle.verify(algorithm, key, decoded(signature), bytesOf(`${head}.${body}`))) &&
      (await isOurs(claims, tokens, transaction))
    ) {
      return claims
    }
  } catch (error) {
    // What is no token at all, or signed by a key that is not the server's.
    fail('invalid_id_token', `${error}`)
  }
  return fail('invalid_id_token', 'signature or claims')
}

async function isOurs(
  { iss, aud, azp, nonce, exp, iat, at_hash }: Claims & { azp?: string; at_hash?: string },
  { access_token }: Tokens,
  { issuer, asked }: Asked,
): Promise<boolean> {
  const now = Date.now() / 1000
  const { client_id } = asked
  return (
    iss === issuer &&
    `${aud}` === client_id &&
    (azp ?? client_id) === client_id &&
    nonce === asked.nonce &&
    exp > now - leeway &&
    iat < now + leeway &&
    (!at_hash || at_hash === (await sha256(access_token, 16)))
  )
}
