import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as oauth from 'oauth4webapi'
import { signInAndApprove, type TestClient } from './harness.ts'
import { sharedServer } from './requests.ts'

const server = await sharedServer()

const insecure = { [oauth.allowInsecureRequests]: true }

async function discover(algorithm: 'oidc' | 'oauth2'): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(server.url)
  const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure })
  return oauth.processDiscoveryResponse(issuer, response)
}

async function exchange(
  as: oauth.AuthorizationServer,
  app: TestClient,
  auth: oauth.ClientAuth,
  redirectUri: string,
) {
  const [client, user] = [{ client_id: app.clientId }, await server.user()]
  const [verifier, state, nonce] = [
    oauth.generateRandomCodeVerifier(),
    oauth.generateRandomState(),
    oauth.generateRandomNonce(),
  ]
  const url = new URL(as.authorization_endpoint ?? '')
  url.search = `${new URLSearchParams({
    client_id: app.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid IDENTITY READ_GRAPH',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })}`

  const page = await signInAndApprove(server.visitor(), url.pathname + url.search, user)
  const answer = oauth.validateAuthResponse(as, client, new URL(page.url), state)
  const response = await oauth.authorizationCodeGrantRequest(
    as,
    client,
    auth,
    answer,
    redirectUri,
    verifier,
    insecure,
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, insecure)
  return { client, user, tokens }
}

for (const [type, how, registered, redirectUri] of [
  ['web', 'basic', 'https://app.example/callback', 'https://app.example/callback'],
  ['web', 'post', 'https://app.example/callback', 'https://app.example/callback'],
  ['spa', 'none', 'http://localhost:5173/', 'http://localhost:5173/'],
  ['native', 'none', 'http://[::1]/callback', 'http://[::1]:49152/callback'],
] as const) {
  test(`oauth4webapi: a ${type} app at ${redirectUri} with ${how} goes all the way`, async () => {
    const app = await server.client({ type, redirectUris: [registered] })
    const auth = {
      basic: () => oauth.ClientSecretBasic(app.secret),
      post: () => oauth.ClientSecretPost(app.secret),
      none: () => oauth.None(),
    }[how]()
    const as = await discover('oidc')

    const { client, user, tokens } = await exchange(as, app, auth, redirectUri)
    assert.equal(oauth.getValidatedIdTokenClaims(tokens)?.sub, user.id)

    const refreshing = oauth.refreshTokenGrantRequest(
      as,
      client,
      auth,
      tokens.refresh_token ?? '',
      insecure,
    )
    const refreshed = await oauth.processRefreshTokenResponse(as, client, await refreshing)
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token)

    const asking = oauth.userInfoRequest(as, client, refreshed.access_token, insecure)
    const info = await oauth.processUserInfoResponse(as, client, user.id, await asking)
    assert.equal(info.email, user.email)

    const looking = oauth.introspectionRequest(as, client, auth, refreshed.access_token, insecure)
    const seen = await oauth.processIntrospectionResponse(as, client, await looking)
    assert.deepEqual([seen.active, seen.sub], [true, user.id])

    const revoking = oauth.revocationRequest(
      as,
      client,
      auth,
      refreshed.refresh_token ?? '',
      insecure,
    )
    await oauth.processRevocationResponse(await revoking)
    const again = oauth.introspectionRequest(as, client, auth, refreshed.access_token, insecure)
    assert.equal((await oauth.processIntrospectionResponse(as, client, await again)).active, false)
  })
}

test('oauth4webapi: both discovery documents pass its checks and are the same', async () => {
  assert.deepEqual(await discover('oauth2'), await discover('oidc')) // RFC 8414 3.3
})

test('oauth4webapi: a machine app gets a token of its own', async () => {
  const app = await server.client({ type: 'machine' })
  const [as, client] = [await discover('oauth2'), { client_id: app.clientId }]
  const auth = oauth.ClientSecretBasic(app.secret)

  const response = oauth.clientCredentialsGrantRequest(
    as,
    client,
    auth,
    { scope: 'READ_GRAPH' },
    insecure,
  )
  const tokens = await oauth.processClientCredentialsResponse(as, client, await response)

  assert.equal(tokens.scope, 'READ_GRAPH') // RFC 6749 4.4
})

test('oauth4webapi: a challenge and an error arrive as what they are', async () => {
  const app = await server.client()
  const [as, client] = [await discover('oidc'), { client_id: app.clientId }]

  const userInfo = await oauth.userInfoRequest(as, client, 'agpt_xt_unknown', insecure)
  const processing = oauth.processUserInfoResponse(as, client, oauth.skipSubjectCheck, userInfo)
  const rejected = await processing.catch((error) => error)
  assert.ok(rejected instanceof oauth.WWWAuthenticateChallengeError) // RFC 6750 3
  assert.equal(rejected.cause[0]?.parameters.error, 'invalid_token')

  const auth = oauth.ClientSecretPost('wrong')
  const refreshing = await oauth.refreshTokenGrantRequest(as, client, auth, 'x', insecure)
  await assert.rejects(oauth.processRefreshTokenResponse(as, client, refreshing), {
    error: 'invalid_client',
    status: 401,
  }) // RFC 6749 5.2
})
