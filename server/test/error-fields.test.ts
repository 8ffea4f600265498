import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answer,
  adminToken,
  authorizePath,
  exchange,
  introspect,
  post,
  postJson,
  startServer,
  type TestClient,
  tokensFor,
} from './harness.ts'
import { bearer, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

/** All that a JSON error of the OAuth endpoints may have: docs/security names the same. */
const allowed = ['error', 'error_description', 'detail', 'scope']

function assertOAuthError({ status, headers, body }: Answer): void {
  assert.ok(status >= 400 && status < 500, `${status}`)
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.match(body.error, /^[a-z_]+$/) // RFC 6749 5.2
  assert.deepEqual(
    Object.keys(body).filter((name) => !allowed.includes(name)),
    [],
  )
  assert.equal(body.detail, body.error_description)
  assertSilent(JSON.stringify(body))
}

/** Neither our code nor our database speaks in an answer. */
function assertSilent(text: string): void {
  for (const word of [
    /node_modules/,
    /\.[jt]s:\d/,
    /\bat \w+ \(/,
    /\bselect\b.*\bfrom\b/i,
    /\/work\//,
  ]) {
    assert.doesNotMatch(text, word) // A130
  }
}

async function everyTokenError(client: TestClient): Promise<Answer[]> {
  const path = '/api/oauth/token'
  const grants: Record<string, string>[] = [
    {},
    { grant_type: 'password' },
    { grant_type: 'client_credentials' },
    { grant_type: 'authorization_code' },
    { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' },
    { grant_type: 'refresh_token', refresh_token: 'x' },
    { grant_type: 'refresh_token', refresh_token: 'x', scope: '"' },
  ]
  const answers = grants.flatMap((fields) => [
    post(server, path, fields, client),
    postJson(server, path, fields, client),
    post(server, path, fields, { ...client, secret: 'wrong' }),
  ])
  return Promise.all([
    ...answers,
    sendForm(server, path, {}),
    sendForm(server, path, {}, { authorization: 'Basic !' }),
    postJson(server, path, { grant_type: ['x'] }, client),
    sendForm(server, path, { client_id: client.clientId }, { origin: 'https://evil.test' }),
  ])
}

test('an error of the token endpoint has the fields of RFC 6749, detail, and no other', async () => {
  const answers = await everyTokenError(await server.client())

  assert.ok(answers.length > 20)
  for (const answer of answers) assertOAuthError(answer) // RFC 6749 5.2
})

test('errors of an exchange and a refresh that went wrong have no other fields', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const { refresh_token = '' } = await tokensFor(server, client, user)
  const grant_type = 'refresh_token'

  for (const answer of [
    await exchange(server, client, 'x', { code_verifier: 'short' }),
    await post(
      server,
      '/api/oauth/token',
      { grant_type, refresh_token, scope: 'RUN_AGENT' },
      client,
    ),
    await post(
      server,
      '/api/oauth/token',
      { grant_type, refresh_token, scope: 'nonsense' },
      client,
    ),
  ]) {
    assertOAuthError(answer) // RFC 6749 5.2
  }
})

test('errors of introspection, revocation and userinfo have no other fields', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const tokens = await tokensFor(server, client, user, { scope: 'IDENTITY' })
  const jwt = 'e30.e30.e30'
  const refused: [path: string, fields: Record<string, string>][] = [
    ['/api/oauth/introspect', {}],
    ['/api/oauth/revoke', {}],
    ['/api/oauth/revoke', { token: jwt }],
  ]

  for (const [path, fields] of refused) {
    assertOAuthError(await post(server, path, fields, client))
    assertOAuthError(await postJson(server, path, fields, client))
  }
  for (const path of ['/api/oauth/introspect', '/api/oauth/revoke']) {
    assertOAuthError(await post(server, path, { token: jwt }, { ...client, secret: 'x' }))
    assertOAuthError(await sendForm(server, path, { token: 'x' }))
  }
  for (const headers of [{}, bearer('x'), bearer(tokens.access_token)] as Record<
    string,
    string
  >[]) {
    assertOAuthError(await send(server, '/api/oauth/userinfo', { headers }))
  }
})

test('an error that goes back to the app has error, description, state and issuer', async () => {
  const client = await server.client()

  for (const params of [
    { scope: 'nonsense' },
    { scope: undefined },
    { code_challenge: undefined },
    { response_type: 'token', response_mode: 'query' },
    { prompt: 'none' },
    { request: 'x' },
    { max_age: 'x' },
    { response_mode: 'x' },
  ]) {
    const page = await server.visitor().go(authorizePath(client, params))

    const names = [...new URL(page.url).searchParams.keys()].sort()
    const known = ['error', 'error_description', 'iss', 'state'] // RFC 6749 4.1.2.1, RFC 9207 2
    assert.deepEqual(
      names.filter((name) => !known.includes(name)),
      [],
    )
    assert.ok(names.includes('error') && names.includes('iss') && names.includes('state'))
  }
})

test('errors of the external API have the shape of their version', async () => {
  const answers = await Promise.all(
    ['v1', 'v2'].flatMap((version) => [
      send(server, `/external-api/${version}/me`),
      send(server, `/external-api/${version}/me`, { headers: bearer('x') }),
    ]),
  )

  for (const [index, { body }] of answers.entries()) {
    assert.deepEqual(Object.keys(body), [index < 2 ? 'detail' : 'error'])
    if (index >= 2) assert.deepEqual(Object.keys(body.error), ['code', 'message', 'details'])
  }
})

test('errors of the admin API are problem documents', async () => {
  const headers = { ...bearer(adminToken), 'content-type': 'application/json' }

  for (const answer of [
    await send(server, '/api/admin/apps'),
    await send(server, '/api/admin/apps', { method: 'POST', headers, body: '{' }),
    await send(server, '/api/admin/apps', { method: 'POST', headers, body: '{"name":1}' }),
    await send(server, '/api/admin/apps/x', { headers }),
    await send(server, '/api/nothing'),
  ]) {
    assert.equal(answer.headers.get('content-type'), 'application/problem+json')
    const known = ['type', 'title', 'status', 'detail', 'request_id', 'errors'] // RFC 9457 3.1
    assert.deepEqual(
      Object.keys(answer.body).filter((name) => !known.includes(name)),
      [],
    )
    assert.equal(answer.body.status, answer.status)
  }
})

test('asked by a browser, an endpoint answers with a page that says the same', async () => {
  const headers = { accept: 'text/html' }

  const { status, headers: sent, body } = await sendForm(server, '/api/oauth/token', {}, headers)

  assert.equal(status, 400)
  assert.equal(sent.get('content-type'), 'text/html; charset=utf-8') // A130
  assert.equal(sent.get('x-content-type-options'), 'nosniff')
  assert.match(body, /invalid_request/)
  assertSilent(body)
})

test('a fault of ours is a 500 that tells nothing but a number to ask about', async (t) => {
  const broken = await startServer(t)
  const [client, user] = [await broken.client(), await broken.user()]
  const { access_token = '' } = await tokensFor(broken, client, user)
  await broken.db.query('drop table access_tokens')

  const json = await introspect(broken, client, access_token)
  const api = await send(broken, '/external-api/v2/me', { headers: bearer(access_token) })

  assert.deepEqual([json.status, json.body.error], [500, 'server_error'])
  assert.deepEqual(
    Object.keys(json.body).filter((name) => !allowed.includes(name)),
    [],
  )
  assert.equal(api.status, 500)
  for (const answer of [json, api]) {
    assertSilent(JSON.stringify(answer.body)) // A130
    assert.ok(!JSON.stringify(answer.body).includes('access_tokens'))
    assert.match(answer.headers.get('x-request-id') ?? '', /^[\w-]{36}$/)
  }
})
