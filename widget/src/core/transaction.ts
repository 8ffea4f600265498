import { random, sha256 } from './encoding.ts'
import { fail } from './errors.ts'
import type { SignInOptions, Via } from './types.ts'

/** One attempt: what its answer is held against, and what the code is redeemed with. */
export interface Transaction {
  issuer: string
  verifier: string
  type: SignInOptions['responseType']
  /** The way that is tried. */
  via: Via
  /** The authorization request (RFC 6749 4.1.1, RFC 7636 4.3, OpenID Connect Core 3.1.2.1). */
  asked: Record<'client_id' | 'redirect_uri' | 'scope' | 'state' | 'nonce', string>
}

/** The authorization response (RFC 6749 4.1.2, RFC 9207 2). */
export type Answer = Record<string, string>

const passedOn = ['prompt', 'loginHint', 'maxAge', 'acrValues', 'uiLocales', 'resource'] as const

/** A name of ours as requests (`max_age`) or attributes (`max-age`) have it. */
export const spelled = (name: string, mark: string): string =>
  name.replace(/[A-Z]/, (c) => mark + c.toLowerCase())

/** The address, which may be no script and no other site's. */
export const ofThisOrigin = (address: string, name: string): string =>
  address.startsWith(`${location.origin}/`) ? address : fail('config', `${name} of another origin`)

/** Of the parsed address, which says who is called; undefined where it is none yet. */
export const originOf = (issuer: string): string | undefined => issuer && new URL(issuer).origin

export async function begin(options: SignInOptions, via: Via): Promise<Transaction> {
  const { clientId: client_id, redirectUri: redirect_uri = location.origin + location.pathname } =
    options
  const issuer = originOf(options.issuer) as string
  // RFC 8252 8.3: plain http stays on the machine.
  if (!client_id || !/^https:|^http:.*[/.](localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(issuer)) {
    fail('config', 'client-id or https issuer is missing')
  }
  const verifier = random()
  const asked: Transaction['asked'] & Record<string, string> = {
    client_id,
    redirect_uri: ofThisOrigin(redirect_uri, 'redirect-uri'),
    response_type: 'code',
    // Without openid nobody could prove who signed in.
    scope: [...new Set(`openid ${options.scope || 'profile email'}`.match(/\S+/g))].join(' '),
    // The letter tells a callback where the answer belongs.
    state: `agp${via[0]}.${random()}`,
    nonce: options.oidcNonce || random(),
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
  }
  for (const name of passedOn) {
    const value = `${options[name] ?? ''}`
    if (value) asked[spelled(name, '_')] = value
  }
  return { issuer, verifier, type: options.responseType, via, asked }
}

export const authorizeUrl = ({ issuer, asked }: Transaction): string =>
  `${issuer}/auth/authorize?${new URLSearchParams(asked)}`
