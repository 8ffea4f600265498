import { random, sha256 } from './encoding.ts'
import { fail, failAs } from './errors.ts'
import type { SignInOptions } from './types.ts'

/** One attempt: what its answer is held against, and what the code is redeemed with. */
export interface Transaction {
  issuer: string
  verifier: string
  type: SignInOptions['responseType']
  /** The authorization request (RFC 6749 4.1.1, RFC 7636 4.3, OpenID Connect Core 3.1.2.1). */
  asked: Record<'client_id' | 'redirect_uri' | 'scope' | 'state' | 'nonce', string>
}

const passedOn = ['prompt', 'loginHint', 'maxAge', 'acrValues', 'uiLocales', 'resource'] as const

/** A name of ours as requests (`max_age`) or attributes (`max-age`) have it. */
export const spelled = (name: string, mark: string): string =>
  name.replace(/[A-Z]/, (c) => mark + c.toLowerCase())

export const issuerOf = ({ issuer }: Pick<SignInOptions, 'issuer'>): string =>
  issuer.replace(/\/$/, '')

/** The address, which may be no script and no other site's. */
export const ofThisOrigin = (address: string, name: string): string =>
  address.startsWith(`${location.origin}/`)
    ? address
    : fail('config', `${name} must be of this origin`)

export async function begin(options: SignInOptions): Promise<Transaction> {
  const { origin, pathname } = location
  const { clientId: client_id, redirectUri: redirect_uri = origin + pathname } = options
  const issuer = issuerOf(options)
  // RFC 8252 8.3: plain http stays on the machine; of the parsed address, which says who is called.
  if (
    !client_id ||
    !/^https:|^http:..([\w-]+\.)*(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(new URL(issuer).origin)
  ) {
    fail('config', 'client-id or https issuer is missing')
  }
  const verifier = random()
  const asked: Transaction['asked'] & Record<string, string> = {
    client_id,
    redirect_uri: ofThisOrigin(redirect_uri, 'redirect-uri'),
    response_type: 'code',
    // Without openid nobody could prove who signed in.
    scope: [...new Set(`openid ${options.scope || 'profile email'}`.match(/\S+/g))].join(' '),
    state: `agpp.${random()}`,
    nonce: options.oidcNonce || random(),
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
  }
  for (const name of passedOn) {
    const value = options[name]
    if (value || value === 0) asked[spelled(name, '_')] = `${value}`
  }
  return { issuer, verifier, type: options.responseType, asked }
}

export const authorizeUrl = ({ issuer, asked }: Transaction): string =>
  `${issuer}/auth/authorize?${new URLSearchParams(asked)}`

/** The code of an answer, if it is the answer to this request (RFC 6749 10.12, RFC 9207 2.4). */
export function codeIn(answer: URLSearchParams, { issuer, asked }: Transaction): string {
  const { state, iss, code, ...rest } = Object.fromEntries(answer)
  if (state !== asked.state) fail('state_mismatch', 'nobody here asked for this')
  if (iss !== issuer) fail('issuer_mismatch', `${iss} answered`)
  return code || failAs(rest)
}
