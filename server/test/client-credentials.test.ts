import assert from 'node:assert/strict'
import { test } from 'node:test'
import { introspect, post, postJson, type TestClient } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

const machine = () => server.client({ type: 'machine' })
const ask = (client: TestClient, fields: Record<string, string> = {}) =>
  post(server, '/api/oauth/token', { grant_type: 'client_credentials', ...fields }, client)

test('a machine app gets an access token and nothing of a person', async () => {
  const client = await machine()

  const { status, headers, body } = await ask(client, { scope: 'READ_GRAPH' })

  assert.equal(status, 200)
  assert.equal(headers.get('cache-control'), 'no-store') // RFC 6749 5.1
  assert.match(body.access_token, /^agpt_xt_[\w-]{43,}$/)
  const { access_token: _, access_token_expires_at: expires, ...rest } = body
  assert.ok(Math.abs(Date.parse(expires) - Date.now() - 3600_000) < 60_000)
  assert.deepEqual(rest, {
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'READ_GRAPH',
    scopes: ['READ_GRAPH'],
  }) // RFC 6749 4.4.3: no refresh token
})

test('JSON gives the same', async () => {
  const fields = { grant_type: 'client_credentials', scopes: ['READ_GRAPH', 'RUN_AGENT'] }

  const { status, body } = await postJson(server, '/api/oauth/token', fields, await machine())

  assert.equal(status, 200)
  assert.deepEqual(body.scopes, ['READ_GRAPH', 'RUN_AGENT'])
})

test('a scope that the app has not registered or that does not exist is refused by its name', async () => {
  const client = await machine()

  for (const scope of ['WRITE_GRAPH', 'NO_SUCH_SCOPE', 'READ_GRAPH admin']) {
    const { status, body } = await ask(client, { scope })

    assert.deepEqual([status, body.error], [400, 'invalid_scope']) // RFC 6749 3.3, 5.2
    assert.ok(body.error_description.includes(scope.split(' ').at(-1)))
  }
})

test('without a scope the token may do nothing', async () => {
  const client = await machine()

  const { body } = await ask(client)

  assert.deepEqual([body.scope, body.scopes], ['', []]) // RFC 6749 3.3
  const me = await send(server, '/external-api/v2/me', { headers: bearer(body.access_token) })
  assert.equal(me.status, 403)
})

test('its token acts for no person, whatever its scopes', async () => {
  const client = await machine()
  const { access_token } = (await ask(client, { scope: 'IDENTITY' })).body

  const seen = await introspect(server, client, access_token)
  const me = await send(server, '/external-api/v2/me', { headers: bearer(access_token) })
  const userinfo = await send(server, '/api/oauth/userinfo', { headers: bearer(access_token) })

  // RFC 9700 4.15: nothing that could be taken for a user's id
  assert.deepEqual([seen.body.active, seen.body.client_id], [true, client.clientId])
  assert.ok(!('sub' in seen.body) && !('user_id' in seen.body))
  assert.equal(me.status, 403)
  assert.equal(userinfo.status, 401)
})

test('its token can be revoked and ends with the app', async () => {
  const client = await machine()
  const [one, two] = [(await ask(client)).body.access_token, (await ask(client)).body.access_token]

  await post(server, '/api/oauth/revoke', { token: one }, client)

  assert.deepEqual((await introspect(server, client, one)).body, { active: false })
  assert.equal((await introspect(server, client, two)).body.active, true)
  const reader = await server.client({ resourceServer: true })
  await server.db.query('update clients set disabled_at = now() where id = $1', [client.id])
  assert.deepEqual((await introspect(server, reader, two)).body, { active: false }) // A71
})

test('an app with people and a machine grant keeps the two apart', async () => {
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials']
  const client = await server.client({ grantTypes })

  const { status, body } = await ask(client, { scope: 'IDENTITY' })

  assert.equal(status, 200)
  assert.equal(body.id_token, undefined)
  assert.equal(body.refresh_token, undefined)
})
