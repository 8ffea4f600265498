import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answer, codeFor, postJson, tokensFor, verifier } from './harness.ts'
import { basic, send, sharedServer } from './requests.ts'

const server = await sharedServer()

const paths = {
  token: '/api/oauth/token',
  introspect: '/api/oauth/introspect',
  revoke: '/api/oauth/revoke',
}

/** An error as AutoGPT's apps read it, and as RFC 6749 5.2 has it. */
function assertJsonError({ status, headers, body }: Answer, expected: number, error: string): void {
  assert.deepEqual([status, body.error], [expected, error])
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(typeof body.detail, 'string')
  assert.equal(body.detail, body.error_description)
}

const postText = (path: string, body: string | Uint8Array<ArrayBuffer>, headers = {}) =>
  send(server, path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })

test('an app written for AutoGPT goes its whole way with JSON alone', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user, { scope: 'IDENTITY READ_GRAPH' })
  const exchange = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUris[0],
    code_verifier: verifier,
  }

  const first = await postJson(server, paths.token, exchange, client)
  assert.equal(first.status, 200)
  assert.deepEqual(Object.keys(first.body).sort(), [
    'access_token',
    'access_token_expires_at',
    'expires_in',
    'refresh_token',
    'refresh_token_expires_at',
    'scope',
    'scopes',
    'token_type',
  ])
  assert.match(first.body.access_token_expires_at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  assert.deepEqual(first.body.scopes, ['IDENTITY', 'READ_GRAPH'])

  const seen = await postJson(server, paths.introspect, { token: first.body.access_token }, client)
  assert.deepEqual(
    [seen.body.active, seen.body.token_type, seen.body.user_id, seen.body.scopes],
    [true, 'access_token', user.id, ['IDENTITY', 'READ_GRAPH']],
  )

  const refreshing = { grant_type: 'refresh_token', refresh_token: first.body.refresh_token }
  const second = await postJson(server, paths.token, refreshing, client)
  assert.equal(second.status, 200)
  assert.notEqual(second.body.refresh_token, first.body.refresh_token)

  const hint = { token: second.body.refresh_token, token_type_hint: 'refresh_token' }
  const revoked = await postJson(server, paths.revoke, hint, client)
  assert.deepEqual([revoked.status, revoked.body], [200, { status: 'ok' }])
  const after = await postJson(
    server,
    paths.introspect,
    { token: second.body.access_token },
    client,
  )
  assert.deepEqual(after.body, { active: false })
})

test('scopes may be an array in a refresh, and narrow it', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const { refresh_token } = await tokensFor(server, client, user)
  const fields = { grant_type: 'refresh_token', refresh_token, scopes: ['IDENTITY'] }

  const { body } = await postJson(server, paths.token, fields, client)

  assert.deepEqual(body.scopes, ['IDENTITY'])
})

test('null counts as left out, and so do names that nobody knows', async () => {
  const client = await server.client({ type: 'machine' })
  const fields = { grant_type: 'client_credentials', scope: null, redirect_uri: null, extra: 'x' }

  const { status } = await postJson(server, paths.token, fields, client)

  assert.equal(status, 200) // RFC 6749 3.2
})

test('a charset beside the type changes nothing', async () => {
  const client = await server.client({ type: 'machine' })
  const body = JSON.stringify({ grant_type: 'client_credentials' })
  const headers = { ...basic(client), 'content-type': 'application/json; charset=utf-8' }

  const { status } = await postText(paths.token, body, headers)

  assert.equal(status, 200)
})

for (const [what, value] of [
  ['an array', ['x']],
  ['an object', { a: 'x' }],
  ['a number', 1],
  ['a boolean', true],
] as const) {
  test(`${what} where text belongs is refused by its name`, async () => {
    const client = await server.client()

    for (const name of ['grant_type', 'code', 'client_id', 'refresh_token', 'unknown']) {
      const fields = { grant_type: 'refresh_token', refresh_token: 'x', [name]: value }
      const answer = await postJson(server, paths.token, fields, client)

      assertJsonError(answer, 400, 'invalid_request') // A80
      assert.ok(answer.body.detail.includes(name))
    }
  })
}

for (const [what, body] of [
  ['an array', '["grant_type"]'],
  ['text', '"grant_type"'],
  ['null', 'null'],
  ['nothing', ''],
  ['half an object', '{"grant_type":"'],
  ['a byte order mark', '\ufeff{"grant_type":"client_credentials"}'],
  ['a number beyond numbers', '{"grant_type":"client_credentials","x":1e400}'],
  ['a name twice', '{"grant_type":"client_credentials","grant_type":"client_credentials"}'],
  ['__proto__', '{"grant_type":"client_credentials","__proto__":{"admin":true}}'],
  ['constructor', '{"constructor":{"prototype":{"admin":true}}}'],
  ['depth', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
  ['depth in an object', `{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5001)}`],
  ['a form', 'grant_type=client_credentials'],
] as const) {
  test(`a JSON body that is ${what} is an invalid_request, in no time`, async () => {
    const client = await server.client({ type: 'machine' })

    for (const path of Object.values(paths)) {
      const started = performance.now()
      const answer = await postText(path, body, basic(client))

      assertJsonError(answer, 400, 'invalid_request') // A147, A156
      assert.ok(performance.now() - started < 1000)
    }
    assert.equal(({} as { admin?: boolean }).admin, undefined)
  })
}

test('bytes that are no UTF-8, and compressed ones, are refused', async () => {
  const client = await server.client({ type: 'machine' })

  const latin = await postText(paths.token, new Uint8Array([0x7b, 0xff, 0x7d]), basic(client))
  const zipped = await postText(paths.token, new Uint8Array([0x1f, 0x8b, 8]), {
    ...basic(client),
    'content-encoding': 'gzip',
  })

  assert.equal(latin.status, 400) // RFC 8259 8.1
  assert.equal(zipped.status, 415) // A154
})

test('errors of the protocol are in both dialects at once', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const { id_token } = await tokensFor(server, client, user)
  const token = (fields: object, by = client) => postJson(server, paths.token, fields, by)
  const grant_type = 'refresh_token'

  assertJsonError(await token({}), 400, 'invalid_request')
  assertJsonError(await token({ grant_type: 'password' }), 400, 'unsupported_grant_type')
  assertJsonError(await token({ grant_type, refresh_token: 'x' }), 400, 'invalid_grant')
  assertJsonError(await token({ grant_type }, { ...client, secret: 'x' }), 401, 'invalid_client')
  const jwt = await postJson(server, paths.revoke, { token: id_token }, client)
  assertJsonError(jwt, 400, 'unsupported_token_type')
})
