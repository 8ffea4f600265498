import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams, startServer, tokensFor } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, decide, send, sharedServer, signIn } from './requests.ts'

const server = await sharedServer()

const { port, host } = new URL(server.url)
const discovery = '/.well-known/openid-configuration'

test('on this machine every loopback name is answered, and links name the issuer', async () => {
  for (const name of [
    'localhost',
    'LocalHost',
    'app.localhost',
    '127.0.0.1',
    '[::1]',
    '127.0.0.2',
  ]) {
    const answer = await rawRequest(server, {
      path: discovery,
      headers: { host: `${name}:${port}` },
    })

    assert.equal(answer.status, 200, name)
    assert.equal(JSON.parse(answer.text).issuer, server.url) // A142
    assert.ok(JSON.parse(answer.text).token_endpoint.startsWith(server.url))
  }
})

for (const name of [
  'evil.test',
  'localhost.evil.test',
  `localhost:${port}@evil.test`,
  `evil.test:80@localhost:${port}`,
  'localhost:x',
  '127.0.0.1.evil.test',
  'example.com',
]) {
  test(`the host ${name} is none of ours`, async () => {
    for (const path of ['/', discovery, '/auth/authorize', '/login', '/api/oauth/token']) {
      const answer = await rawRequest(server, { path, headers: { host: name } })

      assert.ok(answer.status === 421 || answer.status === 400, `${path}: ${answer.status}`) // A109, A142
      assert.equal(answer.headers.location, undefined)
      assert.ok(!answer.text.includes('evil.test'))
    }
  })
}

test('what a stranger says of forwarding is not believed', async () => {
  const forged = {
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '203.0.113.9',
    forwarded: 'for=203.0.113.9;host=evil.test;proto=https',
    'x-original-url': '/admin',
    'x-rewrite-url': '/admin',
  }

  const { status, text } = await rawRequest(server, { path: discovery, headers: forged })
  const login = await rawRequest(server, { path: '/login', headers: forged })

  assert.equal(status, 200)
  assert.equal(JSON.parse(text).issuer, server.url) // A143
  assert.ok(!login.text.includes('evil.test'))
  assert.ok(!String(login.headers['set-cookie']).includes('Secure'))
})

test('the address in the audit trail is the one that spoke, not the one it claims', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor({ 'x-forwarded-for': '203.0.113.9' })

  await decide(visitor, await signIn(visitor, authorizePath(client), user), {})

  const { rows } = await server.db.query<{ ip: string }>(
    'select distinct host(ip::inet) as ip from audit_events where account_id = $1',
    [user.id],
  )
  assert.ok(rows.length > 0)
  for (const { ip } of rows) assert.ok(['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(ip), ip) // A143
})

test('behind a trusted proxy its word counts, one hop and no further', async (t) => {
  const behind = await startServer(t, { TRUST_PROXY: '1' })
  const [client, user] = [await behind.client(), await behind.user()]
  const visitor = behind.visitor({
    'x-forwarded-for': '198.51.100.7, 203.0.113.9',
    'x-forwarded-host': host,
  })

  const page = await decide(visitor, await signIn(visitor, authorizePath(client), user), {})

  assert.ok(callbackParams(page).code)
  const { rows } = await behind.db.query<{ ip: string }>(
    `select distinct host(ip::inet) as ip from audit_events where account_id = $1`,
    [user.id],
  )
  assert.deepEqual(
    rows.map(({ ip }) => ip),
    ['203.0.113.9'],
  ) // A143
  const forged = { 'x-forwarded-host': 'evil.test' }
  const refused = await rawRequest(behind, { path: discovery, headers: forged })
  assert.equal(refused.status, 421) // A142
})

test('on a public issuer plain http is sent to https, and only the issuer is answered', async (t) => {
  const issuer = 'https://auth.example.com'
  const proxied = await startServer(t, {
    ISSUER: issuer,
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMITS: 'on',
  })
  const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
    rawRequest(proxied, { path, method, headers: { host: 'auth.example.com', ...headers } })

  const plain = await ask('/login?x=1', { 'x-forwarded-proto': 'http' })
  const posted = await ask('/api/oauth/token', { 'x-forwarded-proto': 'http' }, 'POST')
  const secure = await ask('/login', { 'x-forwarded-proto': 'https' })
  const loopback = await ask('/login', { host: `localhost:${port}` })
  const probe = await ask('/health/live', { host: '10.0.0.7:4000' })

  assert.deepEqual([plain.status, plain.headers.location], [308, `${issuer}/login?x=1`]) // A120
  assert.equal(plain.headers['set-cookie'], undefined)
  assert.equal(posted.status, 400)
  assert.equal(secure.status, 200)
  assert.match(secure.headers['strict-transport-security'] ?? '', /max-age=\d{8}/)
  for (const cookie of secure.headers['set-cookie'] ?? []) {
    assert.match(cookie, /^__Host-[\w-]+(\.sig)?=/) // A106
    assert.match(cookie, /path=\/; (.*; )?secure/i)
    assert.match(cookie, /httponly/i)
    assert.doesNotMatch(cookie, /domain/i)
  }
  assert.equal(loopback.status, 421) // A142
  assert.equal(probe.status, 200)
})

test('TRACE echoes nothing, and methods that nobody has are refused', async () => {
  const headers = { cookie: 'secret=1', authorization: 'Bearer secret' }
  const paths = [
    '/',
    discovery,
    '/auth/authorize',
    '/api/oauth/token',
    '/login',
    '/assets/logo.svg',
  ]

  for (const path of paths) {
    const trace = await rawRequest(server, { path, headers, method: 'TRACE' })

    assert.equal(trace.status, 405) // RFC 9110 9.3.8, A145
    assert.ok(!trace.text.includes('secret'))
    for (const method of ['PROPFIND', 'PURGE', 'LOCK']) {
      const { status } = await rawRequest(server, { path, method })

      assert.ok([404, 405, 501].includes(status), `${method} ${path}: ${status}`)
    }
  }
})

test('HEAD is GET without a body, on pages and endpoints', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const { access_token } = await tokensFor(server, client, user)

  for (const path of ['/', '/login', discovery, '/health/live', '/external-api/v2/me']) {
    const init = { headers: bearer(access_token) }
    const [get, head] = [
      await send(server, path, init),
      await fetch(server.url + path, { ...init, method: 'HEAD' }),
    ]

    assert.equal(head.status, get.status) // RFC 9110 9.3.2, A145
    assert.equal(await head.text(), '')
  }
})

test('an override of the method is not listened to', async () => {
  const headers = { 'x-http-method-override': 'DELETE', 'x-method-override': 'POST' }

  const { status } = await rawRequest(server, { path: '/health/live?_method=DELETE', headers })

  assert.equal(status, 200)
})
