// A web app that signs people in with AutoGPT, by openid-client. Start it with CLIENT_ID and CLIENT_SECRET
// of an app that is registered with the redirect URI http://localhost:9876/callback, then open that site.
import { createServer } from 'node:http'
import * as oidc from 'openid-client'

const { ISSUER = 'http://localhost:4000', SITE = 'http://localhost:9876' } = process.env
const { CLIENT_ID = '', CLIENT_SECRET } = process.env
// Plain http is for a server on your own machine: leave `execute` out where ISSUER is https.
const options = { execute: [oidc.allowInsecureRequests] }
const config = await oidc.discovery(new URL(ISSUER), CLIENT_ID, CLIENT_SECRET, undefined, options)

createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', SITE)
  try {
    if (url.pathname === '/') response.writeHead(303, await start()).end()
    else if (url.pathname === '/callback') response.end(await finish(url, request.headers.cookie))
    else response.writeHead(404).end()
  } catch (error) {
    // What the server says of it, where it said something (RFC 6749 5.2).
    const reason = Object(error).error_description ?? error
    response.writeHead(400).end(`Signing in did not work: ${reason}\n`)
  }
}).listen(new URL(SITE).port)

/** Off to AutoGPT. What only this browser may know waits in a cookie; add Secure to it on https. */
async function start() {
  const [verifier = '', state = '', nonce = ''] = [1, 2, 3].map(oidc.randomPKCECodeVerifier)
  const location = oidc.buildAuthorizationUrl(config, {
    redirect_uri: `${SITE}/callback`,
    scope: 'openid IDENTITY',
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const attempt = `attempt=${verifier}.${state}.${nonce}; Path=/callback; HttpOnly; SameSite=Lax`
  return { location: location.href, 'set-cookie': attempt }
}

/** Back again: checks state, issuer, nonce and signature, swaps the code for tokens, asks who it is. */
async function finish(/** @type {URL} */ url, cookies = '') {
  const [verifier, state, nonce] = /attempt=([^;]+)/.exec(cookies)?.[1]?.split('.') ?? []
  if (!verifier) throw new Error('it did not begin in this browser')
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  const tokens = await oidc.authorizationCodeGrant(config, url, checks)
  const address = new URL('/external-api/v2/me', ISSUER)
  const me = await oidc.fetchProtectedResource(config, tokens.access_token, address, 'GET')
  return JSON.stringify({ claims: tokens.claims(), me: await me.json() }, null, 2)
}
