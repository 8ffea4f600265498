import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as client from 'openid-client'
import { signInAndApprove, type TestClient } from './harness.ts'
import { sharedServer } from './requests.ts'

const server = await sharedServer()

const methods = {
  client_secret_basic: client.ClientSecretBasic,
  client_secret_post: client.ClientSecretPost,
  none: () => client.None(),
}

/** Discovery, as the library does it; http is allowed for this machine only. */
function discover(app: TestClient, method: keyof typeof methods): Promise<client.Configuration> {
  return client.discovery(
    new URL(server.url),
    app.clientId,
    undefined,
    methods[method](app.secret),
    {
      execute: [client.allowInsecureRequests],
    },
  )
}

/** A person's whole way; the library checks state, iss, PKCE, nonce and the ID token itself. */
async function signIn(app: TestClient, config: client.Configuration, redirect_uri: string) {
  const user = await server.user()
  const pkceCodeVerifier = client.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid IDENTITY READ_GRAPH',
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: expectedState,
    nonce: expectedNonce,
  })

  const page = await signInAndApprove(server.visitor(), url.pathname + url.search, user)
  const tokens = await client.authorizationCodeGrant(config, new URL(page.url), {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  })
  return { app, user, tokens }
}

for (const [type, method, registered, redirectUri] of [
  ['web', 'client_secret_basic', 'https://app.example/callback', 'https://app.example/callback'],
  ['web', 'client_secret_post', 'https://app.example/callback', 'https://app.example/callback'],
  ['spa', 'none', 'http://localhost:5173/', 'http://localhost:5173/'],
  ['native', 'none', 'http://127.0.0.1/callback', 'http://127.0.0.1:51004/callback'],
  ['native', 'none', 'com.example.app:/callback', 'com.example.app:/callback'],
] as const) {
  test(`openid-client: a ${type} app at ${redirectUri} with ${method} goes all the way`, async () => {
    const app = await server.client({ type, redirectUris: [registered] })
    const config = await discover(app, method)

    const { user, tokens } = await signIn(app, config, redirectUri)
    assert.equal(tokens.claims()?.sub, user.id)
    assert.equal(tokens.claims()?.email, user.email)

    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    assert.notEqual(refreshed.refresh_token, tokens.refresh_token)
    assert.equal(refreshed.claims()?.sub, user.id)

    const info = await client.fetchUserInfo(config, refreshed.access_token, user.id)
    assert.deepEqual([info.email, info.name], [user.email, 'Ada Lovelace'])

    const seen = await client.tokenIntrospection(config, refreshed.access_token)
    assert.deepEqual([seen.active, seen.sub, seen.client_id], [true, user.id, app.clientId])

    await client.tokenRevocation(config, refreshed.refresh_token ?? '')
    assert.equal((await client.tokenIntrospection(config, refreshed.access_token)).active, false)
  })
}

test('openid-client: a machine app gets a token with either way to authenticate', async () => {
  const app = await server.client({ type: 'machine' })

  for (const method of ['client_secret_basic', 'client_secret_post'] as const) {
    const config = await discover(app, method)
    const tokens = await client.clientCredentialsGrant(config, { scope: 'READ_GRAPH' })

    assert.equal(tokens.scope, 'READ_GRAPH')
    assert.equal((await client.tokenIntrospection(config, tokens.access_token)).active, true)
  }
})

test('openid-client: an app registered for RS256 verifies its ID tokens', async () => {
  const app = await server.client({ idTokenAlg: 'RS256' })
  const config = await client.discovery(
    new URL(server.url),
    app.clientId,
    { id_token_signed_response_alg: 'RS256' },
    client.ClientSecretBasic(app.secret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  )

  const { tokens, user } = await signIn(app, config, 'https://app.example/callback')

  assert.equal(tokens.claims()?.sub, user.id)
})

test('openid-client: an app is told by the library what the server told', async () => {
  const app = await server.client()
  const config = await discover(app, 'client_secret_basic')
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: 'https://app.example/callback',
    scope: 'openid NO_SUCH_SCOPE',
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
    state: 's',
  })

  const page = await server.visitor().go(url.pathname + url.search)

  const grant = client.authorizationCodeGrant(config, new URL(page.url), { expectedState: 's' })
  await assert.rejects(grant, { error: 'invalid_scope' })
  await assert.rejects(client.refreshTokenGrant(config, 'agpt_rt_unknown'), {
    error: 'invalid_grant',
  })
})

test('openid-client: a sign-out ends at the app', async () => {
  const app = await server.client()
  const config = await discover(app, 'client_secret_basic')
  const { tokens } = await signIn(app, config, 'https://app.example/callback')

  const url = client.buildEndSessionUrl(config, {
    post_logout_redirect_uri: 'https://app.example/',
    id_token_hint: tokens.id_token ?? '',
  })
  const visitor = server.visitor()
  const page = await visitor.go(url.pathname + url.search)

  assert.equal((await visitor.submit(page, {}, { form: 'form' })).url, 'https://app.example/')
})
