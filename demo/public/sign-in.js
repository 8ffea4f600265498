// Sign in with AutoGPT from a single-page app: OAuth 2.0 code flow with PKCE and OpenID Connect, by
// oauth4webapi. Copy what you need; the only things of our own are the scopes and the two addresses.
import * as oauth from './oauth4webapi.js'

/** What the notebook asks for. READ_LIBRARY and RUN_AGENT may be unticked. */
export const requestedScopes = [
  'openid',
  'profile',
  'email',
  'IDENTITY',
  'READ_LIBRARY',
  'RUN_AGENT',
]

/**
 * @typedef {object} Site
 * @property {oauth.AuthorizationServer} as what the discovery document says
 * @property {oauth.Client} client
 * @property {string} redirectUri
 * @property {{ [oauth.allowInsecureRequests]?: boolean }} options
 *
 * @typedef {object} Tokens
 * @property {string} accessToken
 * @property {string} [refreshToken]
 * @property {string} idToken
 * @property {oauth.IDToken} claims
 * @property {string[]} scopes granted, which may be less than asked for
 * @property {Date} accessExpires
 * @property {Date} [refreshExpires]
 */

/** A single-page app cannot keep a secret, so it has none: PKCE protects the code. */
const noSecret = oauth.None()

/** @returns {Promise<Site>} */
export async function connect() {
  const { issuer, client_id } = await (await fetch('/config.json')).json()
  const issuerUrl = new URL(issuer)
  // Plain http is for a server on your own machine; leave this option out in your app.
  const options = { [oauth.allowInsecureRequests]: issuerUrl.protocol === 'http:' }
  const response = await oauth.discoveryRequest(issuerUrl, options)
  return {
    as: await oauth.processDiscoveryResponse(issuerUrl, response),
    client: { client_id },
    redirectUri: `${location.origin}/callback`,
    options,
  }
}

/**
 * Where to send the browser. What only this tab may know stays in its session storage, by state, so
 * that two attempts at once do not mix.
 * @param {Site} site
 */
export async function startSignIn({ as, client, redirectUri }) {
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const verifier = oauth.generateRandomCodeVerifier()
  sessionStorage.setItem(attemptKey(state), JSON.stringify({ nonce, verifier }))
  const url = new URL(String(as.authorization_endpoint))
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: requestedScopes.join(' '),
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  return url
}

/**
 * The way back: checks state and issuer, swaps the code, checks the ID token.
 * @param {Site} site
 * @param {URL} url
 */
export async function finishSignIn({ as, client, redirectUri, options }, url) {
  const state = url.searchParams.get('state') ?? ''
  const attempt = takeAttempt(state)
  if (!attempt) throw new UnknownAttempt()
  const params = oauth.validateAuthResponse(as, client, url, state)
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    noSecret,
    params,
    redirectUri,
    attempt.verifier,
    options,
  )
  const result = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: attempt.nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, options)
  return tokensOf(result)
}

/**
 * New tokens for the old ones, which are worth nothing afterwards.
 * @param {Site} site
 * @param {Tokens} before
 */
export async function refresh({ as, client, options }, before) {
  const token = String(before.refreshToken)
  const response = await oauth.refreshTokenGrantRequest(as, client, noSecret, token, options)
  const result = await oauth.processRefreshTokenResponse(as, client, response)
  if (result.id_token) await oauth.validateApplicationLevelSignature(as, response, options)
  return tokensOf(result, before)
}

/**
 * Asked twice to show both ways: OpenID Connect's userinfo, and AutoGPT's External API.
 * @param {Site} site
 * @param {Tokens} tokens
 */
export async function whoSignedIn({ as, client, options }, { accessToken, claims }) {
  const userinfo = await oauth.userInfoRequest(as, client, accessToken, options)
  const me = await oauth.protectedResourceRequest(
    accessToken,
    'GET',
    new URL('/external-api/v2/me', as.issuer),
    undefined,
    undefined,
    options,
  )
  if (!me.ok) throw new Error(`/external-api/v2/me answered ${me.status}`)
  return {
    userinfo: await oauth.processUserInfoResponse(as, client, claims.sub, userinfo),
    me: /** @type {Record<string, unknown>} */ (await me.json()),
  }
}

/**
 * Signing out of this app only: the refresh token goes back, and every token of this sign-in ends.
 * @param {Site} site
 * @param {Tokens} tokens
 */
export async function giveBack({ as, client, options }, { refreshToken, accessToken }) {
  const token = refreshToken ?? accessToken
  const response = await oauth.revocationRequest(as, client, noSecret, token, options)
  await oauth.processRevocationResponse(response)
}

/**
 * Signing out of AutoGPT too: where to send the browser (OpenID Connect RP-Initiated Logout).
 * @param {Site} site
 * @param {Tokens} tokens
 */
export function signOutUrl({ as, client }, { idToken }) {
  const url = new URL(String(as.end_session_endpoint))
  url.search = new URLSearchParams({
    client_id: client.client_id,
    id_token_hint: idToken,
    post_logout_redirect_uri: `${location.origin}/`,
    state: 'signed-out',
  }).toString()
  return url
}

/** The answer belongs to no attempt of this tab, or to one that is done. */
export class UnknownAttempt extends Error {}

/** @param {string} state */
const attemptKey = (state) => `sign-in:${state}`

/** @param {string} state */
function takeAttempt(state) {
  const stored = sessionStorage.getItem(attemptKey(state))
  sessionStorage.removeItem(attemptKey(state))
  return stored && /** @type {{ nonce: string, verifier: string }} */ (JSON.parse(stored))
}

/**
 * @param {oauth.TokenEndpointResponse} result
 * @param {Tokens} [before]
 * @returns {Tokens}
 */
function tokensOf(result, before) {
  const { refresh_token_expires_at } = result
  return {
    accessToken: result.access_token,
    refreshToken: result.refresh_token ?? before?.refreshToken,
    idToken: result.id_token ?? String(before?.idToken),
    claims: oauth.getValidatedIdTokenClaims(result) ?? /** @type {Tokens} */ (before).claims,
    scopes: result.scope?.split(' ') ?? before?.scopes ?? requestedScopes,
    accessExpires: new Date(Date.now() + Number(result.expires_in) * 1000),
    ...(refresh_token_expires_at
      ? { refreshExpires: new Date(String(refresh_token_expires_at)) }
      : {}),
  }
}
