import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { newApiKey } from '../src/api-keys/format.ts'
import { hashOf } from '../src/provider/token-ids.ts'
import { apiKeyFor, awayFromMinuteEnd } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, type TestServer } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send, sharedServer } from './requests.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

const unlimited = await sharedServer()

async function setUp(t: TestContext) {
  const server = await startServer(t, { RATE_LIMITS: 'on' })
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  return { server, key }
}

const me = (server: TestServer, headers: Record<string, string>) =>
  send(server, '/external-api/v2/me', { headers })

async function statuses(server: TestServer, all: Record<string, string>[]): Promise<number[]> {
  const seen = []
  for (const headers of all) seen.push((await me(server, headers)).status)
  return seen
}

const mistyped = () => ({
  'x-api-key': newApiKey().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
})
const unknown = () => ({ 'x-api-key': newApiKey() })

test('what cannot be a credential by its looks is refused and counted without the database', async (t) => {
  const { server } = await setUp(t)
  await awayFromMinuteEnd()
  const before = server.db.stats().statements

  const rubbish = [mistyped(), {}, bearer('rubbish'), { authorization: 'Basic x' }, mistyped()]
  assert.deepEqual(await statuses(server, rubbish), [401, 401, 401, 401, 401])
  const last = await me(server, mistyped())

  assert.equal(last.status, 429)
  assert.equal(
    last.body.error.message,
    'Rate limit exceeded (5 requests per 60s). Try again shortly.',
  )
  assert.equal(server.db.stats().statements - before, 0)
})

test('the sixth bad call of an address is 429, whatever is bad about each', async (t) => {
  const { server, key } = await setUp(t)
  await awayFromMinuteEnd()

  const bad = [unknown(), mistyped(), bearer(`agpt_xt_u${'x'.repeat(43)}`), {}, unknown()]
  assert.deepEqual(await statuses(server, bad), [401, 401, 401, 401, 401])
  assert.deepEqual(await statuses(server, [unknown(), mistyped(), {}]), [429, 429, 429])
  assert.equal((await me(server, { 'x-api-key': key })).status, 200)
})

test('after thirty tries with one bad key it is not looked up again, and another one is', async (t) => {
  const { server, key } = await setUp(t)
  await awayFromMinuteEnd(25)
  const bad = unknown()
  for (let tries = 0; tries < 30; tries++) await me(server, bad)

  const { status, body, headers } = await me(server, bad)
  const before = server.db.stats().statements
  const next = await me(server, bad)

  assert.deepEqual([status, next.status], [429, 429])
  assert.equal(body.error.message, 'Too many failed authentication attempts. Try again shortly.')
  assert.equal(headers.get('retry-after'), '60')
  assert.equal(headers.get('x-ratelimit-limit'), '30')
  assert.equal(server.db.stats().statements - before, 0)
  const other = await me(server, unknown())
  assert.match(other.body.error.message, /5 requests per 60s/)
  assert.equal((await me(server, { 'x-api-key': key })).status, 200)
})

test('after three hundred bad keys an address is told so, and good ones still pass', async (t) => {
  const { server, key } = await setUp(t)
  await awayFromMinuteEnd(40)
  for (let tries = 0; tries < 300; tries += 20) {
    await Promise.all(Array.from({ length: 20 }, () => me(server, mistyped())))
  }

  const { status, body, headers } = await me(server, mistyped())

  assert.equal(status, 429)
  assert.equal(body.error.message, 'Too many failed authentication attempts. Try again shortly.')
  assert.equal(headers.get('retry-after'), '60')
  assert.equal((await me(server, { 'x-api-key': key })).status, 200)
})

test('credentials that begin alike are told apart', async (t) => {
  const { server } = await setUp(t)
  const alike = await Promise.all(
    ['one', 'two'].map(async () => {
      const { value } = await issueToken(server, { scopes: ['IDENTITY'] })
      const token = `agpt_xt_uAAAA${value.slice(13)}`
      noteSecrets(token)
      await server.db.query('update access_tokens set token_hash = $2 where token_hash = $1', [
        hashOf(value),
        hashOf(token),
      ])
      return token
    }),
  )
  await awayFromMinuteEnd(25)

  for (let calls = 0; calls < 320; calls += 20) {
    const batch = Array.from({ length: 20 }, (_, index) => bearer(alike[index % 2]))
    const answers = await Promise.all(batch.map((headers) => me(server, headers)))
    for (const { status } of answers) assert.equal(status, 200)
  }
})

// A78
test('of two credentials in one header none is taken', async () => {
  const user = await unlimited.user()
  const { key } = await apiKeyFor(unlimited, user, ['IDENTITY'])
  const other = `agpt_xt_u${randomBytes(32).toString('base64url')}`
  const status = async (headers: Record<string, string | string[]>) =>
    (await rawRequest(unlimited, { path: '/external-api/v2/me', headers })).status

  assert.equal(await status({ authorization: [`Bearer ${key}`] }), 200)
  for (const pair of [
    [key, other],
    [other, key],
    [key, key],
  ]) {
    assert.equal(await status({ authorization: pair.map((one) => `Bearer ${one}`) }), 401)
    assert.equal(await status({ authorization: `Bearer ${pair.join(', Bearer ')}` }), 401)
    assert.equal(await status({ 'x-api-key': pair }), 401)
  }
})
