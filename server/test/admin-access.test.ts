import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createAccount, updateAccount } from '#db/accounts.ts'
import { issueMachineToken } from '#db/token-requests.ts'
import { startAdminServer } from './admin-server.ts'

const everyRoute = [
  ['POST', '/api/admin/apps'],
  ['GET', '/api/admin/apps'],
  ['GET', `/api/admin/apps/${randomUUID()}`],
  ['PATCH', `/api/admin/apps/${randomUUID()}`],
  ['DELETE', `/api/admin/apps/${randomUUID()}`],
  ['GET', `/api/admin/apps/${randomUUID()}/secrets`],
  ['POST', `/api/admin/apps/${randomUUID()}/secrets`],
  ['DELETE', `/api/admin/apps/${randomUUID()}/secrets/${randomUUID()}`],
  ['POST', '/api/admin/users'],
  ['GET', '/api/admin/users'],
  ['GET', `/api/admin/users/${randomUUID()}`],
  ['PATCH', `/api/admin/users/${randomUUID()}`],
  ['DELETE', `/api/admin/users/${randomUUID()}`],
  ['GET', `/api/admin/users/${randomUUID()}/api-keys`],
  ['POST', `/api/admin/users/${randomUUID()}/api-keys`],
  ['DELETE', `/api/admin/users/${randomUUID()}/api-keys/${randomUUID()}`],
  ['GET', '/api/admin/audit'],
] as const

// A159
test('every route asks for a credential before it looks at anything else', async (t) => {
  const { api } = await startAdminServer(t)

  for (const [method, path] of everyRoute) {
    const body = method === 'POST' ? '{not json' : undefined
    const answer = await api(method, path, body, {})
    assert.equal(answer.status, 401, `${method} ${path}`)
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer')
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  }
})

test('a bearer token that is not valid is no credential', async (t) => {
  const { api } = await startAdminServer(t)
  const wrong = [
    'Bearer wrong',
    'Bearer test-admin-token-012345678',
    'Bearer test-admin-token-0123456789x',
    `Bearer agpt_xt_${'x'.repeat(43)}`,
    'Bearer',
    'Bearer a b',
    'Basic dGVzdC1hZG1pbi10b2tlbi0wMTIzNDU2Nzg5Og==',
    'test-admin-token-0123456789',
  ]

  for (const authorization of wrong) {
    const { status, headers } = await api('GET', '/api/admin/apps', undefined, { authorization })
    assert.equal(status, 401, authorization)
    assert.match(headers.get('www-authenticate') ?? '', /error="invalid_token"/)
  }
})

test('the admin token opens it, however Bearer is spelled', async (t) => {
  const { api } = await startAdminServer(t)

  for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
    const authorization = `${scheme} test-admin-token-0123456789`
    assert.equal((await api('GET', '/api/admin/apps', undefined, { authorization })).status, 200)
  }
})

// A159: whoever signed in, an app acts for that person and never for the administration
test('an app’s own live token is valid and refused', async (t) => {
  const { api, db } = await startAdminServer(t)
  const { body: app } = await api('POST', '/api/admin/apps', {
    name: 'Job',
    type: 'machine',
    scopes: [],
  })
  const token = `agpt_xt_${'a'.repeat(43)}`
  const now = Math.floor(Date.now() / 1000)
  const tokenHash = createHash('sha256').update(token).digest()
  const issued = { scope: 'IDENTITY', gty: 'client_credentials', details: {} }
  const times = { issuedAt: now, expiresAt: now + 60 }
  const owner = { clientId: app.client_id, secretHash: undefined, platformScopes: [] }
  assert.ok(await issueMachineToken(db, { tokenHash, ...issued, ...times }, owner))

  const answer = await api('GET', '/api/admin/apps', undefined, {
    authorization: `Bearer ${token}`,
  })

  assert.equal(answer.status, 403)
  assert.match(answer.headers.get('www-authenticate') ?? '', /insufficient_scope/)
})

test('a signed-in administrator’s own pages may call', async (t) => {
  const { api, url, admin } = await startAdminServer(t)
  const session = { 'x-test-session': await admin() }
  const app = { name: 'Mine', redirect_uris: ['https://a.example/cb'], scopes: [] }

  const read = await api('GET', '/api/admin/apps', undefined, session)
  const byOrigin = await api('POST', '/api/admin/apps', app, { ...session, origin: url })
  const bySite = await api('POST', '/api/admin/apps', app, {
    ...session,
    'sec-fetch-site': 'same-origin',
  })

  assert.deepEqual([read.status, byOrigin.status, bySite.status], [200, 201, 201])
})

test('a session is not for foreign pages, nor for a change that nobody vouches for', async (t) => {
  const { api, admin, url } = await startAdminServer(t)
  const session = { 'x-test-session': await admin() }
  const foreign: Record<string, string>[] = [
    {},
    { origin: 'https://evil.test' },
    { origin: 'null' },
    { origin: url.replace('localhost', 'localhost.evil.test') },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'none' },
    { 'sec-fetch-site': 'cross-site', origin: url },
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.test' },
  ]

  for (const headers of foreign) {
    const { status } = await api('POST', '/api/admin/apps', {}, { ...session, ...headers })
    assert.equal(status, 403, JSON.stringify(headers))
  }
  const read = await api('GET', '/api/admin/users', undefined, {
    ...session,
    'sec-fetch-site': 'cross-site',
  })
  assert.equal(read.status, 403)
})

test('somebody signed in who is no administrator is refused on every route', async (t) => {
  const server = await startAdminServer(t)
  const { api, url, db } = server
  const person = await createAccount(db, {
    email: 'p@example.com',
    emailKey: 'p@example.com',
    emailVerified: true,
  })
  const session = { 'x-test-session': person?.id ?? '', origin: url }

  for (const [method, path] of everyRoute) {
    assert.equal((await api(method, path, undefined, session)).status, 403, `${method} ${path}`)
  }
})

test('a disabled or demoted administrator is one no longer', async (t) => {
  const { api, db, admin } = await startAdminServer(t)
  const [disabled, demoted] = [await admin('a@example.com'), await admin('b@example.com')]
  await updateAccount(db, disabled, { disabledAt: new Date() })
  await updateAccount(db, demoted, { roles: [] })

  for (const id of [disabled, demoted]) {
    const { status } = await api('GET', '/api/admin/apps', undefined, { 'x-test-session': id })
    assert.equal(status, 403)
  }
})

test('the trail says who did it', async (t) => {
  const { api, url, admin } = await startAdminServer(t)
  const id = await admin()
  const app = { name: 'Mine', redirect_uris: ['https://a.example/cb'], scopes: [] }

  await api('POST', '/api/admin/apps', app)
  await api('POST', '/api/admin/apps', app, { 'x-test-session': id, origin: url })

  const { body } = await api('GET', '/api/admin/audit?kind=app.created')
  const actors = body.items.map((event: Record<string, unknown>) => [event.actor_type, event.actor])
  assert.deepEqual(actors, [
    ['admin', id],
    ['admin_token', null],
  ])
})
