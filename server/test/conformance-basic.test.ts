import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import {
  authorizePath,
  callbackParams,
  exchange,
  password,
  refresh,
  signInAndApprove,
  type TestClient,
  tokensFor,
} from './harness.ts'
import {
  assertErrorPage,
  bearer,
  errorAtCallback,
  send,
  sendForm,
  sharedServer,
} from './requests.ts'

// The modules of the OpenID Foundation's basic test plan for servers, by their names. The plan itself
// sends no code_challenge, so its clients are registered without PKCE.

const server = await sharedServer()

const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
const plain = { code_challenge: undefined, code_challenge_method: undefined, scope: 'openid' }
type Params = Record<string, string | undefined>

/** A client of the plan, and a browser in which its person signed in and agreed. */
async function setUp(params: Params = {}) {
  const [client, user] = [await server.client({ requirePkce: false }), await server.user()]
  const visitor = server.visitor()
  const path = (more: Params = {}) => authorizePath(client, { ...plain, ...more })
  const page = await signInAndApprove(visitor, path(params), user)
  return { client, user, visitor, path, page }
}

const redeem = (client: TestClient, code = '') =>
  exchange(server, client, code, { code_verifier: '' })

async function happyFlow(params: Params = {}) {
  const { page, ...rest } = await setUp(params)
  const { code } = callbackParams(page)
  const { status, body } = await redeem(rest.client, code)
  assert.equal(status, 200)
  const issued = { issuer: server.url, audience: rest.client.clientId }
  const { payload } = await jwtVerify(body.id_token, keys, issued)
  return { ...rest, code, tokens: body, claims: payload }
}

const userinfo = '/api/oauth/userinfo'

test('server, id-token-signature, request without nonce: the happy way', async () => {
  const { claims, user } = await happyFlow()

  assert.equal(claims.sub, user.id) // OIDC Core 2
  assert.equal(claims.nonce, undefined)
})

test('response-type-missing: an error or a page, and no code', async () => {
  const client = await server.client({ requirePkce: false })

  const page = await server
    .visitor()
    .go(authorizePath(client, { ...plain, response_type: undefined }))

  assert.equal(errorAtCallback(server, page).error, 'invalid_request') // RFC 6749 3.1.1
})

test('userinfo-get, userinfo-post-header, userinfo-post-body: the same sub', async () => {
  const { tokens, claims } = await happyFlow()
  const headers = bearer(tokens.access_token)

  const answers = [
    await send(server, userinfo, { headers }),
    await send(server, userinfo, { headers, method: 'POST' }),
    await sendForm(server, userinfo, { access_token: tokens.access_token }),
  ]

  for (const { body } of answers) assert.equal(body.sub, claims.sub) // OIDC Core 5.3.1, 5.3.2
})

test('scope-profile, scope-email, scope-all: the claims of the scopes', async () => {
  const { tokens, user } = await happyFlow({ scope: 'openid profile email' })

  const { body } = await send(server, userinfo, { headers: bearer(tokens.access_token) })

  assert.deepEqual([body.email, body.name], [user.email, 'Ada Lovelace']) // OIDC Core 5.4
})

test('scope-address, scope-phone: not supported, not announced, and refused by their names', async () => {
  const client = await server.client({ requirePkce: false })
  const { body } = await send(server, '/.well-known/openid-configuration')

  for (const scope of ['address', 'phone']) {
    const page = await server
      .visitor()
      .go(authorizePath(client, { ...plain, scope: `openid ${scope}` }))

    assert.ok(!body.scopes_supported.includes(scope))
    assert.equal(errorAtCallback(server, page).error, 'invalid_scope') // RFC 6749 3.3
  }
})

for (const [modules, params] of [
  ['scope-order', { scope: 'email openid profile' }],
  ['display-page', { display: 'page' }],
  ['display-popup', { display: 'popup' }],
  ['unknown-parameter', { extra: 'foobar' }],
  ['login-hint', { login_hint: 'bob@example.com' }],
  ['ui-locales', { ui_locales: 'se' }],
  ['claims-locales', { claims_locales: 'se' }],
  ['acr-values', { acr_values: '1 2' }],
  ['claims-essential', { claims: '{"userinfo":{"name":{"essential":true}}}' }],
  ['nonce', { nonce: 'x'.repeat(43) }],
  ['long state', { state: 'x'.repeat(1000) }],
] as [string, Params][]) {
  test(`${modules}: the request succeeds`, async () => {
    const { claims } = await happyFlow(params) // OIDC Core 3.1.2.1

    assert.equal(claims.nonce, params.nonce)
  })
}

test('valid-pkce: the request succeeds', async () => {
  const [client, user] = [await server.client({ requirePkce: false }), await server.user()]

  assert.ok((await tokensFor(server, client, user)).id_token) // RFC 7636 4.6
})

test('prompt-login: a second sign-in with a later auth_time', async () => {
  const { client, user, visitor, path } = await happyFlow({ max_age: '10000' })
  await server.db.query(`update sessions set signed_in_at = signed_in_at - interval '10 seconds'`)
  const before = await visitor.go(path({ max_age: '10000', prompt: 'none' }))
  const first = decodeJwt((await redeem(client, callbackParams(before).code)).body.id_token)

  const page = await visitor.go(path({ prompt: 'login', max_age: '10000' }))
  const again = await visitor.submit(page, { email: user.email, password })

  const second = decodeJwt((await redeem(client, callbackParams(again).code)).body.id_token)
  assert.ok(Number(second.auth_time) > Number(first.auth_time)) // OIDC Core 3.1.2.1
})

test('prompt-none-not-logged-in: login_required', async () => {
  const client = await server.client({ requirePkce: false })

  const page = await server.visitor().go(authorizePath(client, { ...plain, prompt: 'none' }))

  assert.equal(errorAtCallback(server, page).error, 'login_required') // OIDC Core 3.1.2.6
})

test('prompt-none-logged-in, max-age-10000, id-token-hint: no page, the same person and time', async () => {
  const { client, visitor, path, tokens, claims } = await happyFlow({ max_age: '10000' })

  for (const more of [{ prompt: 'none' }, { prompt: 'none', id_token_hint: tokens.id_token }, {}]) {
    const page = await visitor.go(path({ max_age: '10000', ...more }))

    const again = decodeJwt((await redeem(client, callbackParams(page).code)).body.id_token)
    assert.deepEqual([again.sub, again.auth_time], [claims.sub, claims.auth_time]) // OIDC Core 3.1.2.1
  }
})

test('max-age-1: a second sign-in after a second', async () => {
  const { visitor, path } = await happyFlow()
  await server.db.query(`update sessions set signed_in_at = signed_in_at - interval '2 seconds'`)

  const page = await visitor.go(path({ max_age: '1' }))

  assert.ok(page.html.querySelector('[name="password"]')) // OIDC Core 3.1.2.1
})

test('codereuse, codereuse-30seconds: invalid_grant, and later the tokens end', async () => {
  const { client, code, tokens } = await happyFlow()

  assert.equal((await redeem(client, code)).body.error, 'invalid_grant')
  await server.db.query(
    `update authorization_codes set consumed_at = now() - interval '30 seconds'`,
  )
  assert.equal((await redeem(client, code)).body.error, 'invalid_grant')

  const { status } = await send(server, userinfo, { headers: bearer(tokens.access_token) })
  assert.equal(status, 401) // RFC 6749 4.1.2
})

test('registered-redirect-uri: a page', async () => {
  const { visitor, path } = await setUp()

  assertErrorPage(server, await visitor.go(path({ redirect_uri: 'https://app.example/other' })))
})

test('post-request: the request succeeds by POST', async () => {
  const { visitor, path } = await setUp()
  const body = new URL(path(), server.url).searchParams

  const page = await visitor.go('/auth/authorize', { method: 'POST', body })

  assert.ok(callbackParams(page).code) // OIDC Core 3.1.2.1
})

test('request-uri, unsigned-request-object, request object with redirect_uri: not supported', async () => {
  const { visitor, path } = await setUp()
  const object = `${btoa('{"alg":"none"}')}.${btoa('{"redirect_uri":"https://evil.test/"}')}.`

  const byValue = await visitor.go(path({ request: object }))
  const byReference = await visitor.go(path({ request_uri: 'https://app.example/request.jwt' }))

  assert.equal(errorAtCallback(server, byValue).error, 'request_not_supported')
  assert.equal(errorAtCallback(server, byReference).error, 'request_uri_not_supported')
})

test('refresh-token: new tokens, and none for another client', async () => {
  const { client, tokens, claims } = await happyFlow({
    scope: 'openid offline_access',
    prompt: 'consent',
  })
  const other = await server.client({ requirePkce: false })

  const stolen = await refresh(server, other, tokens.refresh_token)
  const { body } = await refresh(server, client, tokens.refresh_token)

  assert.equal(stolen.body.error, 'invalid_grant') // RFC 6749 6
  assert.equal(decodeJwt(body.id_token).sub, claims.sub) // OIDC Core 12.2
})
