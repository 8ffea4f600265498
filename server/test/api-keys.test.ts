import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { isWellFormed } from '../src/api-keys/format.ts'
import { answerOf, password, type TestUser } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

const server = await sharedServer()
const path = '/api/api-keys'

async function signedIn(user: TestUser) {
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const call = async (method: string, url: string, body?: object, headers: object = {}) =>
    answerOf(
      await visitor.fetch(url, {
        method,
        ...(body && { body: JSON.stringify(body) }),
        headers: {
          accept: 'application/json',
          'sec-fetch-site': 'same-origin',
          origin: server.url,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
      }),
    )
  return { call }
}

async function setUp() {
  const user = await server.user()
  const { call } = await signedIn(user)
  const make = async (fields: object = {}) => {
    const answer = await call('POST', path, { name: 'Report', scopes: ['IDENTITY'], ...fields })
    noteSecrets(answer.body.key ?? 'no key')
    return answer
  }
  return { user, call, make }
}

const me = async (key: string) =>
  (await send(server, '/external-api/v2/me', { headers: { 'x-api-key': key } })).status

test('a key is shown once, and works at once', async () => {
  const { call, make, user } = await setUp()

  const { status, body } = await make({ scopes: ['IDENTITY', 'READ_GRAPH'] })

  const { key, ...shown } = body
  assert.equal(status, 201)
  assert.ok(isWellFormed(key))
  assert.equal(shown.hint, key.slice(-4))
  const days = (Date.parse(shown.expires_at) - Date.parse(shown.created_at)) / 86_400_000
  assert.equal(Math.round(days), 90)
  assert.equal(await me(key), 200)
  const list = await call('GET', path)
  assert.deepEqual(list.body, { items: [shown], next_cursor: null }) // A164
  assert.deepEqual((await call('GET', `${path}/${shown.id}`)).body, shown)
  const stored = JSON.stringify((await server.db.query('select * from api_keys')).rows)
  assert.ok(!stored.includes(key)) // A162
  const events = await listEvents(server.db, { limit: 50, account: user.id })
  assert.ok(events.some(({ kind }) => kind === 'api_key.created'))
  assert.ok(!JSON.stringify(events).includes(key)) // A164
})

test('a key is renamed, narrowed, suspended and let work again', async () => {
  const { call, make } = await setUp()
  const { id, key } = (await make({ scopes: ['IDENTITY', 'READ_GRAPH'] })).body
  const change = (fields: object) => call('PATCH', `${path}/${id}`, fields)

  const renamed = await change({ name: 'Weekly report', scopes: ['IDENTITY'] })
  assert.deepEqual([renamed.body.name, renamed.body.scopes], ['Weekly report', ['IDENTITY']])
  assert.equal((await change({ is_active: false })).body.is_active, false)
  assert.equal(await me(key), 401)
  assert.equal((await change({ is_active: true })).body.is_active, true)
  assert.equal(await me(key), 200)
  const wider = await change({ scopes: ['IDENTITY', 'RUN_AGENT'] })
  assert.equal(wider.status, 400) // A165
  assert.equal(wider.body.errors[0].field, 'scopes')
  assert.match(wider.body.errors[0].message, /make another one for RUN_AGENT/)
})

test('a rotation leaves a day for the old key, and none of it is longer than before', async () => {
  const { call, make } = await setUp()
  const first = (await make()).body

  const second = await call('POST', `${path}/${first.id}/rotate`)

  noteSecrets(second.body.key)
  assert.equal(second.status, 201)
  assert.deepEqual([await me(first.key), await me(second.body.key)], [200, 200])
  const old = (await call('GET', `${path}/${first.id}`)).body
  assert.equal(old.is_replaced, true)
  const hours = (Date.parse(old.expires_at) - Date.now()) / 3_600_000
  assert.ok(hours > 23 && hours <= 24, `${hours}`)
  assert.equal((await call('POST', `${path}/${first.id}/rotate`)).status, 409)
})

test('a key is not replaced while the one before it works, so a limit at most doubles', async () => {
  const { call, make } = await setUp()
  const first = (await make({ requests_per_minute: 2 })).body
  const rotate = async (id: string) => {
    const answer = await call('POST', `${path}/${id}/rotate`)
    noteSecrets(answer.body.key ?? 'no key')
    return answer
  }
  const second = (await rotate(first.id)).body

  const refused = await rotate(second.id)

  assert.equal(refused.status, 409)
  assert.match(refused.body.detail, /The key that this one replaced still works/)
  assert.equal((await call('GET', path)).body.items.length, 2)
  await call('DELETE', `${path}/${first.id}`)
  const third = await rotate(second.id)
  assert.equal(third.status, 201)
  await server.db.query('update api_keys set expires_at = now() where id = $1', [second.id])
  assert.equal((await rotate(third.body.id)).status, 201)
})

test('of two rotations at the same moment one makes a key', async () => {
  const { call, make } = await setUp()

  for (let round = 0; round < 5; round++) {
    const { id } = (await make()).body
    const answers = await Promise.all([0, 1, 2].map(() => call('POST', `${path}/${id}/rotate`)))

    noteSecrets(...answers.map(({ body }) => body.key))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409])
  }
  assert.equal((await call('GET', path)).body.items.length, 10)
})

test('what takes the place of a suspended key is suspended, and as narrow', async () => {
  const { call, make } = await setUp()
  const wish = { scopes: ['IDENTITY'], allowed_addresses: ['127.0.0.0/8'], requests_per_minute: 5 }
  const { id, key } = (await make({ ...wish, expires_in_days: 7 })).body
  await call('PATCH', `${path}/${id}`, { is_active: false })

  const { body } = await call('POST', `${path}/${id}/rotate`)

  noteSecrets(body.key)
  assert.equal(body.is_active, false)
  assert.deepEqual([await me(key), await me(body.key)], [401, 401])
  const { scopes, allowed_addresses, requests_per_minute } = body
  assert.deepEqual({ scopes, allowed_addresses, requests_per_minute }, wish)
  const days = (Date.parse(body.expires_at) - Date.parse(body.created_at)) / 86_400_000
  assert.equal(Math.round(days), 7)
  await call('PATCH', `${path}/${body.id}`, { is_active: true })
  assert.equal(await me(body.key), 200)
})

test('the limit of a key goes down, and its owner never raises it', async () => {
  const { call, make } = await setUp()
  const { id } = (await make()).body
  const limit = (most: number | null) =>
    call('PATCH', `${path}/${id}`, { requests_per_minute: most })

  assert.equal((await limit(null)).body.requests_per_minute, null)
  assert.equal((await limit(100)).body.requests_per_minute, 100)
  assert.equal((await limit(10)).body.requests_per_minute, 10)
  for (const more of [11, null]) {
    const { status, body } = await limit(more)
    assert.equal(status, 400)
    assert.equal(body.errors[0].field, 'requests_per_minute')
    assert.match(body.errors[0].message, /Only an administrator raises it: give 10 or less/)
  }
  const kept = await call('PATCH', `${path}/${id}`, { name: 'Other' })
  assert.equal(kept.body.requests_per_minute, 10)
})

test('a revoked key is refused at the next request, and there is no such key any more', async () => {
  const { call, make } = await setUp()
  const { id, key } = (await make()).body

  assert.equal((await call('DELETE', `${path}/${id}`)).status, 204)

  assert.equal(await me(key), 401) // A163
  assert.equal((await call('DELETE', `${path}/${id}`)).status, 404)
  assert.equal((await call('GET', `${path}/${id}`)).status, 404)
})

test('bad input is refused by name', async () => {
  const { make } = await setUp()

  for (const [fields, field] of [
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['NOTHING'] }, 'scopes'],
    [{ scopes: ['openid'] }, 'scopes'],
    [{ scopes: 'IDENTITY' }, 'scopes'],
    [{ expires_in_days: 0 }, 'expires_in_days'],
    [{ expires_in_days: 1.5 }, 'expires_in_days'],
    [{ expires_in_days: 100_000 }, 'expires_in_days'],
    [{ allowed_addresses: ['loopback'] }, 'allowed_addresses'],
    [{ allowed_addresses: ['10.0.0.0/99'] }, 'allowed_addresses'],
    [{ account_id: randomUUID() }, 'account_id'], // A157
  ] as const) {
    const { status, body } = await make(fields)

    assert.equal(status, 400, JSON.stringify(fields))
    assert.equal(body.errors[0].field, field)
  }
})

// A165
test('an address is what it looks like: nothing is read as octal or as a part', async () => {
  const { make } = await setUp()
  const wrong = [
    '0177.0.0.1',
    '010.0.0.1',
    '1',
    '0x7f.1',
    '10.0.0.0/08',
    '10.0.0.0/',
    '::1%1',
    '::/129',
  ]

  for (const address of wrong) {
    const { status, body } = await make({ allowed_addresses: ['203.0.113.7', address] })

    assert.equal(status, 400, address)
    assert.equal(body.errors[0].field, 'allowed_addresses')
    assert.ok(body.errors[0].message.startsWith(`${address} is no address or network`), address)
  }
  const right = ['203.0.113.7', '10.0.0.0/8', '::1', '2001:db8::/32', '::ffff:192.0.2.1']
  assert.equal((await make({ allowed_addresses: right })).status, 201)
})

test('somebody else’s key is none', async () => {
  const mine = await setUp()
  const { call } = await setUp()
  const { id } = (await mine.make()).body

  for (const [method, url, body] of [
    ['GET', `${path}/${id}`],
    ['PATCH', `${path}/${id}`, { name: 'x' }],
    ['POST', `${path}/${id}/rotate`],
    ['DELETE', `${path}/${id}`],
    ['GET', `${path}/nonsense`],
  ] as const) {
    assert.equal((await call(method, url, body)).status, 404, `${method} ${url}`) // A158
  }
  assert.deepEqual((await call('GET', path)).body.items, [])
})

test('only a signed-in person makes keys, and only from our own pages', async () => {
  const { call, make } = await setUp()
  const { key } = (await make()).body
  const body = JSON.stringify({ name: 'x', scopes: ['IDENTITY'] })
  const headers = { 'content-type': 'application/json' }
  const post = (more: object) =>
    send(server, path, { method: 'POST', body, headers: { ...headers, ...more } })

  assert.equal((await post({})).status, 401)
  assert.equal((await post({ 'x-api-key': key })).status, 401) // A165
  assert.equal((await post(bearer(key))).status, 401) // A165
  const wish = { name: 'x', scopes: ['IDENTITY'] }
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }
  assert.equal((await call('POST', path, wish, foreign)).status, 403) // A159
  const sister = { 'sec-fetch-site': 'same-site', origin: 'http://other.localhost' }
  assert.equal((await call('POST', path, wish, sister)).status, 403)
})
