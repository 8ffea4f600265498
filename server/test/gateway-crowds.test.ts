import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send, sharedServer } from './requests.ts'

const sandbox = await sharedServer()

// A167, A173: what a platform cuts off must not be what keeps a condition from being seen.
test('an address with a fragment is nobody’s, at the gateway and at forward-auth', async () => {
  const { key } = await apiKeyFor(sandbox, await sandbox.user(), ['READ_GRAPH'])
  const headers = { 'x-api-key': key }
  const search = '/external-api/v2/search?query=x&content_types=LIBRARY_AGENT'

  const plain = await rawRequest(sandbox, { path: search, headers })
  const cut = await rawRequest(sandbox, { path: `${search}#z`, headers })
  const asked = await send(sandbox, '/api/forward-auth', {
    headers: { ...headers, 'x-original-method': 'GET', 'x-original-uri': `${search}#z` },
  })

  assert.deepEqual([plain.status, cut.status, asked.status], [403, 400, 403])
})

// A146, A147
test('a body with a hundred thousand mistakes is refused by the first of them', async () => {
  const { key } = await apiKeyFor(sandbox, await sandbox.user(), ['WRITE_GRAPH'])
  const post = (count: number) =>
    send(sandbox, '/external-api/v2/graphs', {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', description: 'y', links: [], nodes: Array(count).fill(1) }),
    })

  const [few, many, tooMany] = [await post(3), await post(100_000), await post(1_000_000)]

  assert.equal(few.status, 422)
  assert.ok(few.body.error.details.errors.length >= 3)
  assert.equal(many.status, 422)
  assert.equal(many.body.error.details.errors.length, 1)
  assert.equal(tooMany.status, 413)
})

// A149, A175
test('one caller cannot have all the places at the platform', async (t) => {
  const platform = await startPlatform(t, () => {})
  const upstreamLimits = { connections: 4, each: 2, wait: 500 }
  const server = await startServer(t, { PLATFORM_API_URL: platform.url }, { upstreamLimits })
  const [greedy, other] = [
    await issueToken(server, { scopes: ['READ_GRAPH'] }),
    await issueToken(server, { scopes: ['READ_GRAPH'] }),
  ]
  const call = ({ value }: { value: string }) =>
    send(server, '/external-api/v2/graphs', { headers: bearer(value) })
  const arrived = async (count: number) => {
    while (platform.asked.length < count) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  void call(greedy).catch(() => {})
  void call(greedy).catch(() => {})
  await arrived(2)

  const third = await call(greedy)
  void call(other).catch(() => {})
  await arrived(3)

  assert.equal(third.status, 429)
  assert.ok(third.headers.get('retry-after'))
})

// A149, A176: a platform that waits for a body which was only announced would hold its place.
test('a body stays here where the operation has none', async (t) => {
  const bodies: string[] = []
  const platform = await startPlatform(t, (req, res) => {
    let body = ''
    req.on('data', (piece) => {
      body += piece
    })
    req.on('end', () => {
      bodies.push(body)
      res.end('{}')
    })
  })
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const { status } = await rawRequest(server, {
    path: '/external-api/v2/graphs',
    headers: { ...bearer(value), 'content-length': '5', 'content-type': 'text/plain' },
  })

  assert.equal(status, 200)
  assert.deepEqual(bodies, [''])
  const { headers } = platform.asked[0] ?? {}
  assert.deepEqual([headers?.['content-length'], headers?.['content-type']], [undefined, undefined])
})

// RFC 9111 3.5 spares only what has Authorization: an answer to a key could be kept by a cache.
test('what the platform says of caches, proxies and this whole site stays with it', async (t) => {
  const theirs = {
    'cache-control': 'public, max-age=600',
    vary: 'accept-encoding',
    'x-accel-redirect': '/etc/passwd',
    refresh: '0;url=https://evil.example',
    nel: '{}',
    'service-worker-allowed': '/',
    'x-request-id': 'forged',
  }
  const platform = await startPlatform(t, (_req, res) => res.writeHead(200, theirs).end('{}'))
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])

  const { headers } = await send(server, '/external-api/v2/graphs', {
    headers: { 'x-api-key': key },
  })

  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(headers.get('vary'), 'Origin')
  assert.notEqual(headers.get('x-request-id'), 'forged')
  for (const name of ['x-accel-redirect', 'refresh', 'nel', 'service-worker-allowed']) {
    assert.equal(headers.get(name), null, name)
  }
})

// A149: whoever has a /64 has all of its addresses.
test('failures count by network', async () => {
  const server = await sharedServer({ RATE_LIMITS: 'on', TRUST_PROXY: '127.0.0.1' })
  const statuses: number[] = []
  for (let host = 1; host <= 7; host++) {
    const headers = { 'x-api-key': 'agpt_rubbish', 'x-forwarded-for': `2001:db8:1:2::${host}` }
    statuses.push((await send(server, '/external-api/v2/me', { headers })).status)
  }

  assert.deepEqual(statuses.slice(0, 5), [401, 401, 401, 401, 401])
  assert.deepEqual(statuses.slice(5), [429, 429])
})

test('the words for a platform are for a proxy that is named, or on this machine where none is', async () => {
  const elsewhere = await sharedServer({ TRUST_PROXY: '10.0.0.0/8' })
  const { value } = await issueToken(elsewhere, { scopes: ['READ_GRAPH'] })
  const headers = {
    ...bearer(value),
    'x-original-method': 'GET',
    'x-original-uri': '/external-api/v2/graphs',
  }

  const refused = await send(elsewhere, '/api/forward-auth', { headers })

  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('x-autogpt-identity'), null)
})
