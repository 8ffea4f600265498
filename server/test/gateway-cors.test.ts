import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const [own, another] = ['https://app.example', 'https://another.example']
// Nobody else has these; tokens below are of clients at the first.
await server.client({ type: 'spa', allowedOrigins: [own] })
await server.client({ type: 'spa', allowedOrigins: [another] })
const strangers = ['https://evil.test', 'null', `${own}.evil.test`, 'http://app.example']

const path = '/external-api/v2/graphs'
const allowed = (headers: Headers) => headers.get('access-control-allow-origin')

const preflight = (origin: string) =>
  send(server, path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })

test('a preflight from an origin that some app registered is answered, without credentials', async () => {
  for (const origin of [own, another]) {
    const { status, headers } = await preflight(origin)

    assert.deepEqual([status, allowed(headers)], [204, origin]) // Fetch 3.2.2
    assert.match(headers.get('access-control-allow-methods') ?? '', /POST/)
    assert.match(headers.get('access-control-allow-headers') ?? '', /Authorization/)
    assert.equal(headers.get('access-control-allow-credentials'), null)
    assert.match(headers.get('vary') ?? '', /Origin/)
  }
})

// A187
test('a preflight from anywhere else, null among it, is told nothing', async () => {
  for (const origin of strangers) {
    const { status, headers } = await preflight(origin)

    assert.deepEqual([status, allowed(headers)], [204, null], origin)
    assert.equal(headers.get('access-control-allow-headers'), null)
  }
})

test('a page of a registered origin reads that its token is over, and others do not', async () => {
  const { value } = await issueToken(server, {
    scopes: ['READ_GRAPH'],
    expiresAt: new Date(Date.now() - 1),
  })

  for (const [origin, readable] of [[own, own], ...strangers.map((one) => [one, null])] as const) {
    const { status, headers } = await send(server, path, {
      headers: { ...bearer(value), origin: origin ?? '' },
    })

    assert.deepEqual([status, allowed(headers)], [401, readable])
    assert.equal(headers.get('access-control-allow-credentials'), null)
    if (readable) assert.match(headers.get('access-control-expose-headers') ?? '', /Authenticate/)
  }
})

// A187
test('a token is refused from the page of another app, before anything is done', async (t) => {
  const platform = await startPlatform(t, (_req, res) => res.end('{}'))
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  await server.client({ type: 'spa', allowedOrigins: [another] })
  const { value } = await issueToken(server, { scopes: ['WRITE_GRAPH'] })
  const post = (origin: string) =>
    send(server, path, { method: 'POST', body: '{}', headers: { ...bearer(value), origin } })

  for (const origin of [another, ...strangers]) {
    const { status, headers, body } = await post(origin)

    assert.deepEqual([status, allowed(headers)], [403, null], origin)
    assert.equal(body.error.message, 'This app is not registered for calls from this origin.')
  }
  assert.equal(platform.asked.length, 0)
  const { status, headers } = await post(own)
  assert.deepEqual([status, allowed(headers)], [200, own])
  // The pages that show the API are at the issuer.
  assert.equal((await post(server.url)).status, 200)
  assert.equal(platform.asked.length, 2)
})

test('what a page may ask it may also read: that a scope is missing', async () => {
  const { value } = await issueToken(server, { scopes: ['READ_RUN'] })

  const { status, headers } = await send(server, path, {
    headers: { ...bearer(value), origin: own },
  })

  assert.deepEqual([status, allowed(headers)], [403, own])
})

test('an API key is for no page: it works, and the answer is not for other origins', async () => {
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])

  for (const credential of [bearer(key), { 'x-api-key': key }]) {
    const { status, headers } = await send(server, path, {
      headers: { ...credential, origin: own },
    })

    assert.deepEqual([status, allowed(headers)], [200, null])
  }
})
