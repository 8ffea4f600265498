import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, post, type TestClient, tokensFor } from './harness.ts'
import { bearer, send, sendForm, sharedServer, signIn } from './requests.ts'

const server = await sharedServer()

const own = 'https://app.example'
const foreign = ['https://evil.test', 'null', 'http://app.example', 'https://app.example.evil.test']
const allowOrigin = 'access-control-allow-origin'

const spa = () => server.client({ type: 'spa', allowedOrigins: [own] })

const refreshFrom = (client: TestClient, token: string | undefined, origin: string) =>
  sendForm(
    server,
    '/api/oauth/token',
    { grant_type: 'refresh_token', refresh_token: token ?? '', client_id: client.clientId },
    { origin },
  )

test('a browser app gets tokens from a registered origin', async () => {
  const [client, user] = [await spa(), await server.user()]
  const { refresh_token } = await tokensFor(server, client, user)

  const { status, headers } = await refreshFrom(client, refresh_token, own)

  assert.equal(status, 200)
  assert.equal(headers.get(allowOrigin), own) // RFC 9700 2.6, A187
  assert.match(headers.get('vary') ?? '', /origin/i)
  assert.equal(headers.get('access-control-allow-credentials'), null)
})

test('from any other origin it gets none, and nothing is spent', async () => {
  const [client, user] = [await spa(), await server.user()]
  const { refresh_token } = await tokensFor(server, client, user)

  for (const origin of foreign) {
    const { status, headers, body } = await refreshFrom(client, refresh_token, origin)

    assert.deepEqual([status, body.error], [400, 'invalid_request']) // A187
    assert.equal(headers.get(allowOrigin), null)
  }
  assert.equal((await refreshFrom(client, refresh_token, own)).status, 200)
})

test('an origin of one app is nothing to another', async () => {
  const [client, user] = [await spa(), await server.user()]
  const other = await server.client({ type: 'spa', allowedOrigins: ['https://other.example'] })
  const { refresh_token } = await tokensFor(server, other, user)

  const { headers } = await refreshFrom(other, refresh_token, own)

  assert.equal(headers.get(allowOrigin), null) // A187
  assert.ok(client.allowedOrigins.includes(own))
})

test('userinfo, introspection and revocation keep to the origins of the app too', async () => {
  const [client, user] = [await spa(), await server.user()]
  const { access_token = '' } = await tokensFor(server, client, user)
  const fields = { token: access_token, client_id: client.clientId }

  for (const [origin, allowed] of [[own, own], ...foreign.map((one) => [one, null])] as const) {
    const headers = { ...bearer(access_token), origin: origin ?? '' }
    const answers = [
      await send(server, '/api/oauth/userinfo', { headers }),
      await send(server, '/external-api/v1/me', { headers }),
      await send(server, '/external-api/v2/me', { headers }),
      await sendForm(server, '/api/oauth/introspect', fields, { origin: origin ?? '' }),
      await sendForm(
        server,
        '/api/oauth/revoke',
        { ...fields, token: 'x' },
        { origin: origin ?? '' },
      ),
    ]

    assert.deepEqual(
      answers.map((answer) => answer.headers.get(allowOrigin)),
      Array(5).fill(allowed),
    ) // A187
  }
})

test('a preflight names the methods, gives no credentials away and tells of no app', async () => {
  for (const path of ['token', 'introspect', 'revoke', 'userinfo'].map(
    (name) => `/api/oauth/${name}`,
  )) {
    const { status, headers } = await send(server, path, {
      method: 'OPTIONS',
      headers: {
        origin: own,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })

    assert.equal(status, 204) // Fetch 3.2.2
    assert.match(headers.get('access-control-allow-methods') ?? '', /POST/)
    assert.equal(headers.get('access-control-allow-headers'), 'authorization,content-type')
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.match(headers.get('vary') ?? '', /origin/i)
  }
})

test('discovery and keys are for every origin', async () => {
  for (const path of ['openid-configuration', 'oauth-authorization-server', 'jwks.json']) {
    const { headers } = await send(server, `/.well-known/${path}`, {
      headers: { origin: foreign[0] ?? '' },
    })

    assert.ok(['*', foreign[0]].includes(headers.get(allowOrigin) ?? '')) // RFC 8414 3, A187
    assert.equal(headers.get('access-control-allow-credentials'), null)
  }
})

test('no page answers another origin, the authorization endpoint least of all', async () => {
  const [client, user] = [await spa(), await server.user()]
  const visitor = server.visitor({ origin: own })
  const consent = await signIn(server.visitor(), authorizePath(client), user)

  for (const path of [
    authorizePath(client),
    authorizePath(client, { client_id: 'x' }),
    new URL(consent.url).pathname,
    '/auth/logout',
    '/login',
    '/signup',
    '/account',
    '/admin',
    '/',
  ]) {
    const { headers } = await visitor.fetch(path)
    assert.equal(headers.get(allowOrigin), null, path) // RFC 9700 2.6, A187

    const preflight = await visitor.fetch(path, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'GET' },
    })
    assert.equal(preflight.headers.get(allowOrigin), null, path)
  }
})

test('the admin API answers no other origin', async () => {
  const headers = { origin: own, authorization: 'Bearer test-admin-token-0123456789' }

  for (const method of ['GET', 'OPTIONS']) {
    const answer = await send(server, '/api/admin/apps', { method, headers })

    assert.equal(answer.headers.get(allowOrigin), null) // A187
  }
})

test('a confidential app used from a browser is held to its origins all the same', async () => {
  const [client, user] = [await server.client({ allowedOrigins: [] }), await server.user()]
  const { refresh_token = '' } = await tokensFor(server, client, user)

  const { headers } = await send(server, '/api/oauth/token', {
    method: 'POST',
    headers: { origin: own },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token,
      client_id: client.clientId,
      client_secret: client.secret,
    }),
  })

  assert.equal(headers.get(allowOrigin), null) // A187
  const { status } = await post(server, '/api/oauth/revoke', { token: refresh_token }, client)
  assert.equal(status, 200)
})
