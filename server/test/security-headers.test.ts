import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { sharedServer } from './requests.ts'

const server = await sharedServer()
const client = await server.client()

const answers = {
  'a page': '/login',
  'a missing page': '/nowhere',
  'a style sheet': '/assets/style.css',
  'a redirect to sign in': authorizePath(client),
  'an authorization error': '/auth/authorize?client_id=nobody',
  'a sign-out page': '/auth/logout',
  'an ended request': '/auth/interaction/none/login',
  'an API error': '/api/admin/apps',
  'a token endpoint by GET': '/api/oauth/token',
  'a public document': '/.well-known/openid-configuration',
  'a refused token': '/external-api/v1/me',
}

for (const [what, path] of Object.entries(answers)) {
  test(`${what} carries the security headers`, async () => {
    const { headers } = await fetch(server.url + path, { redirect: 'manual' })

    assertSecure(headers.get.bind(headers)) // A95, A186
  })
}

test('a host that is not ours carries the security headers', async () => {
  const { status, headers } = await rawRequest(server, { headers: { host: 'evil.example' } })

  assert.equal(status, 421)
  assertSecure((name) => String(headers[name] ?? ''))
})

test('a method that is never served carries the security headers', async () => {
  const { status, headers } = await rawRequest(server, { method: 'TRACE', path: '/login' })

  assert.equal(status, 405)
  assertSecure((name) => String(headers[name] ?? ''))
})

test('pages of an authorization request leave a popup its opener, others do not', async () => {
  const consent = await fetch(`${server.url}/auth/interaction/none/login`)
  const login = await fetch(`${server.url}/login`)

  assert.equal(consent.headers.get('cross-origin-opener-policy'), null) // A178
  assert.equal(login.headers.get('cross-origin-opener-policy'), 'same-origin')
})

test('no page is shared with another origin (A187, RFC 9700 2.6)', async () => {
  for (const path of ['/login', '/account', '/admin', authorizePath(client)]) {
    const headers = { origin: 'https://evil.example' }
    const answer = await fetch(server.url + path, { headers, redirect: 'manual' })

    assert.equal(answer.headers.get('access-control-allow-origin'), null, path)
  }
})

test('pages are never cached (A188)', async () => {
  for (const path of ['/login', '/signup', '/account', '/admin', authorizePath(client)]) {
    const { headers } = await fetch(server.url + path, { redirect: 'manual' })

    assert.match(headers.get('cache-control') ?? '', /no-store/, path)
  }
})

function assertSecure(header: (name: string) => string | null) {
  const policy = header('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.match(policy, /base-uri 'none'/)
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/)
  assert.equal(header('x-frame-options'), 'DENY')
  assert.equal(header('x-content-type-options'), 'nosniff')
  assert.equal(header('referrer-policy'), 'no-referrer')
  assert.match(header('permissions-policy') ?? '', /camera=\(\)/)
  assert.ok(!header('x-powered-by'))
  assert.ok(!header('server'))
}
