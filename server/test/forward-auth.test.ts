import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const trusting = await sharedServer({ TRUST_PROXY: '127.0.0.1' })

type Headers = Record<string, string>
const asked = (method: string, uri: string) => ({
  'x-original-method': method,
  'x-original-uri': uri,
})
const forwarded = (method: string, uri: string) => ({
  'x-forwarded-method': method,
  'x-forwarded-uri': uri,
})
const ask = (headers: Headers, at = server) => send(at, '/api/forward-auth', { headers })

test('a call with its scopes passes, and the answer says in signed words whom it is for', async () => {
  const { value, user, client } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const { status, headers, body } = await ask({
    ...asked('GET', '/external-api/v2/graphs?limit=5'),
    ...bearer(value),
  })

  assert.equal(status, 200)
  assert.equal(body, '')
  assert.equal(headers.get('x-autogpt-user-id'), user.id)
  assert.equal(headers.get('x-autogpt-client-id'), client.clientId)
  assert.equal(headers.get('x-autogpt-scopes'), 'READ_GRAPH')
  const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))
  const { payload } = await jwtVerify(headers.get('x-autogpt-identity') ?? '', keys, {
    issuer: server.url,
    audience: 'autogpt-platform',
    typ: 'autogpt-identity+jwt',
  })
  assert.deepEqual([payload.sub, payload.scope], [user.id, 'READ_GRAPH'])
})

test('what the gateway refuses is refused, in the same words', async () => {
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])

  const anonymous = await ask(asked('GET', '/external-api/v2/graphs'))
  const poor = await ask({ ...asked('POST', '/external-api/v1/graphs'), 'x-api-key': key })

  assert.equal(anonymous.status, 401)
  assert.match(anonymous.headers.get('www-authenticate') ?? '', /^Bearer .*\/external-api\/v2"/)
  assert.equal(poor.status, 403)
  assert.equal(poor.body.detail, 'Missing required permission(s): WRITE_GRAPH, WRITE_LIBRARY')
  for (const { headers } of [anonymous, poor]) {
    assert.equal(headers.get('x-autogpt-identity'), null)
  }
})

// A167, A168: nginx would take any other refusal for a failure of ours
test('to nginx every refusal is 401 or 403, whatever the spelling of the call', async () => {
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])
  for (const [method, uri] of [
    ['GET', '/external-api/v2/nothing'],
    ['PUT', '/external-api/v2/graphs'],
    ['get', '/external-api/v2/graphs'],
    ['GET', '/external-api/v2/../v2/graphs'],
    ['GET', '/external-api/v2/%67raphs/..'],
    ['GET', '//external-api/v2/graphs'],
    ['GET', '/%65xternal-api/v2/graphs'],
    ['GET', '/admin'],
    ['GET', 'http://elsewhere/external-api/v2/graphs'],
    ['GET', ''],
    ['', '/external-api/v2/graphs'],
    ['GET, DELETE', '/external-api/v2/graphs'],
    ['GET', '/external-api/v2/graphs, /external-api/v2/blocks'],
  ] as const) {
    const { status } = await ask({ ...asked(method, uri), 'x-api-key': key })

    assert.equal(status, 403, `${method} ${uri}`)
  }
})

test('Traefik and Caddy, which pass every answer on, get the gateway’s own', async () => {
  const { key } = await apiKeyFor(trusting, await trusting.user(), ['READ_GRAPH'])
  const status = async (method: string, uri: string) =>
    (await ask({ ...forwarded(method, uri), 'x-api-key': key }, trusting)).status

  assert.equal(await status('GET', '/external-api/v2/graphs'), 200)
  assert.equal(await status('GET', '/external-api/v2/blocks'), 403)
  assert.equal(await status('GET', '/external-api/v2/nothing'), 404)
  assert.equal(await status('PUT', '/external-api/v2/graphs'), 405)
  assert.equal(await status('GET', '/admin'), 403)
})

// A171: a proxy overwrites its own pair of headers and passes the other as the client sent it
test('a caller cannot have another call decided than the one that is made', async () => {
  const { key } = await apiKeyFor(trusting, await trusting.user(), ['READ_GRAPH'])
  const mine = { 'x-api-key': key }
  const allowed = ['GET', '/external-api/v2/graphs'] as const
  const wanted = ['GET', '/external-api/v2/blocks'] as const

  for (const [name, headers] of Object.entries<Headers>({
    'through nginx': { ...asked(...wanted), ...forwarded(...allowed) },
    'through Traefik': { ...forwarded(...wanted), ...asked(...allowed) },
    'half of a pair': { ...forwarded(...wanted), 'x-original-uri': allowed[1] },
    neither: {},
  })) {
    assert.equal((await ask({ ...headers, ...mine }, trusting)).status, 403, name)
    assert.equal((await ask({ ...headers, ...mine })).status, 403, `${name}, not trusted`)
  }
})

// A143
test('X-Forwarded-* is believed from a proxy that TRUST_PROXY names, and from nobody else', async () => {
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])

  const { status, body } = await ask({
    ...forwarded('GET', '/external-api/v2/graphs'),
    'x-api-key': key,
  })

  assert.equal(status, 403)
  assert.match(body.error.message, /TRUST_PROXY/)
})

test('a call counts as it does at the gateway, and the address of a key is the caller’s', async (t) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '127.0.0.1' })
  const { key } = await apiKeyFor(limited, await limited.user(), ['READ_GRAPH'], {
    allowedAddresses: ['203.0.113.9'],
  })
  const from = (address: string) =>
    ask(
      {
        ...asked('GET', '/external-api/v2/graphs'),
        'x-api-key': key,
        'x-forwarded-for': address,
      },
      limited,
    )

  const here = await from('203.0.113.9')
  const elsewhere = await from('203.0.113.10')

  assert.equal(here.status, 200)
  assert.equal(here.headers.get('x-ratelimit-limit'), '200')
  assert.equal(elsewhere.status, 403)
})
