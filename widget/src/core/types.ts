/** auto: FedCM where the browser has it, else a popup, else by redirect. */
export type Flow = 'auto' | 'fedcm' | 'popup' | 'redirect'
export type Via = 'fedcm' | 'popup' | 'redirect'

export interface SignInOptions {
  clientId: string
  /** The AutoGPT server: https, or http on one's own machine. */
  issuer: string
  /** A registered page of this origin; usually this page itself. */
  redirectUri?: string | undefined
  /** Separated by spaces; `openid profile email` unless given, and always with `openid`. */
  scope?: string | undefined
  flow?: Flow | undefined
  /** code: the site's backend redeems it. */
  responseType?: 'tokens' | 'code' | undefined
  /** The site's own start route, which keeps PKCE and the secret; the page goes there. */
  backendUri?: string | undefined
  /** Where a backend issued it; else a random one. */
  oidcNonce?: string | undefined
  loginHint?: string | undefined
  prompt?: string | undefined
  /** Seconds since the person last proved who they are. */
  maxAge?: number | undefined
  acrValues?: string | undefined
  uiLocales?: string | undefined
  resource?: string | undefined
}

export interface SignInContext {
  signal?: AbortSignal | undefined
  /** The browser's quiet FedCM prompt; never falls back. */
  passive?: boolean | undefined
  /** The click after `ask`: the browser's dialog had its turn. */
  again?: boolean | undefined
  /** One way was not open. ask: no window would open any more without another click. */
  onFallback?: ((detail: { from: Via; to: Via | 'ask'; reason: string }) => void) | undefined
}

/** The answer of the token endpoint (RFC 6749 5.1). */
export interface Tokens {
  access_token: string
  token_type: string
  expires_in: number
  scope?: string
  id_token: string
  refresh_token?: string
}

/** The verified claims of the ID token (OpenID Connect Core 2). */
export interface Claims {
  iss: string
  sub: string
  aud: string | string[]
  exp: number
  iat: number
  nonce?: string
  email?: string
  email_verified?: boolean
  name?: string
  zoneinfo?: string
  [name: string]: unknown
}

export interface SignedIn {
  status: 'signed-in'
  via: Via
  tokens: Tokens
  claims: Claims
  /** What the person allowed; an optional scope may be missing, and that is no error. */
  grantedScopes: string[]
}

/** What a backend needs to redeem the code. */
export interface CodeForBackend {
  status: 'code'
  via: Via
  code: string
  state: string
  codeVerifier: string
  redirectUri: string
  nonce: string
  iss: string
}

export type SignInResult = SignedIn | CodeForBackend

export type SignInErrorCode =
  | 'cancelled'
  | 'popup_blocked'
  | 'access_denied'
  | 'state_mismatch'
  | 'issuer_mismatch'
  | 'invalid_id_token'
  | 'network'
  | 'timeout'
  | 'busy'
  | 'server_error'
  | 'unsupported'
  | 'config'
