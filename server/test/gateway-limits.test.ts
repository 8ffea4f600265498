import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { updateClient } from '#db/clients.ts'
import { testEngine } from '#db/testing.ts'
import { operations } from '../src/gateway/operations.ts'
import { apiKeyFor, awayFromMinuteEnd, requestFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, type TestServer } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'
import { freePort } from './server-process.ts'

const limited = { RATE_LIMITS: 'on' }

async function call(server: Pick<TestServer, 'url'>, headers: object = {}, path = '/v2/me') {
  const response = await fetch(`${server.url}/external-api${path}`, {
    headers: { ...headers },
    ...(path.includes('runs') && { method: 'POST', body: '{}' }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}

const number = (headers: Headers, name: string) => Number(headers.get(name))

test('an address without a good credential has five tries a minute in v2, and no limit in v1', async (t) => {
  const server = await startServer(t, limited)
  await awayFromMinuteEnd()

  const statuses: number[] = []
  for (let tries = 0; tries < 5; tries++) {
    const headers = tries % 2 ? bearer('agpt_xt_wrong') : {}
    statuses.push((await call(server, headers)).status)
  }
  const last = await call(server, bearer(`agpt_xt_${'x'.repeat(43)}`))

  assert.deepEqual([...statuses, last.status], [401, 401, 401, 401, 401, 429])
  assert.match(last.text, /Rate limit exceeded \(5 requests per 60s\)\. Try again shortly\./)
  const after = number(last.headers, 'retry-after')
  assert.ok(after >= 1 && after <= 60) // RFC 6585 4
  assert.equal(number(last.headers, 'x-ratelimit-limit'), 5)
  assert.equal(number(last.headers, 'x-ratelimit-remaining'), 0)
  assert.equal(number(last.headers, 'x-ratelimit-reset'), after)
  assert.equal((await call(server, {}, '/v1/me')).status, 401)
})

test('a person has 200 calls a minute, all keys and tokens together', async (t) => {
  const server = await startServer(t, limited)
  const { value, user } = await issueToken(server, { scopes: ['IDENTITY'] })
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  await awayFromMinuteEnd(25)

  const answers = []
  for (let calls = 0; calls < 201; calls++) {
    answers.push(await call(server, calls % 2 ? bearer(value) : { 'x-api-key': key }))
  }

  assert.ok(answers.slice(0, 200).every(({ status }) => status === 200))
  const remaining = answers.map(({ headers }) => number(headers, 'x-ratelimit-remaining'))
  assert.deepEqual([remaining[0], remaining[199]], [199, 0])
  assert.ok(remaining.every((left, index) => index === 0 || left <= Number(remaining[index - 1])))
  const last = answers[200]
  assert.equal(last?.status, 429)
  assert.match(last?.text ?? '', /200 requests per 60s/)
  const { value: another } = await issueToken(server, { scopes: ['IDENTITY'] })
  assert.equal((await call(server, bearer(another))).status, 200)
})

test('the limit of a route wins over the person’s', async (t) => {
  const server = await startServer(t, limited)
  const { value } = await issueToken(server, { scopes: ['RUN_AGENT'] })

  const path = '/v2/library/agents/5b1f3c8e-2d75-4c0e-9d49-61f0a8b1c7aa/runs'
  const { headers } = await call(server, bearer(value), path)

  assert.equal(number(headers, 'x-ratelimit-limit'), 60)
})

const shared = await sharedServer(limited)
const restricted = operations.filter(({ described }) => described['x-rate-limit'])

test('six operations have limits of their own', () => {
  const written = restricted.map(({ described }) => {
    const { requests, seconds } = described['x-rate-limit'] ?? {}
    return `${described.operationId} ${requests}/${seconds}`
  })

  // external-api.md 6
  assert.deepEqual(written.sort(), [
    'getSubscription 60/60',
    'runLibraryAgent 60/60',
    'runPreset 60/60',
    'search 30/60',
    'uploadFile 20/300',
    'uploadSubmissionMedia 10/300',
  ])
})

for (const operation of restricted) {
  const { described, scopes } = operation
  const { requests = 0, seconds = 0 } = described['x-rate-limit'] ?? {}
  test(`${described.operationId}: ${requests} calls in ${seconds} seconds, and the next is 429`, async () => {
    const user = await shared.user()
    const keys = [await apiKeyFor(shared, user, scopes), await apiKeyFor(shared, user, scopes)]
    const { path, init } = requestFor(operation)
    const once = (key: string) =>
      send(shared, path, { ...init, headers: { ...init.headers, 'x-api-key': key } })
    await awayFromMinuteEnd(20)

    for (let calls = 0; calls < requests; calls++) {
      const { status, headers } = await once(keys[calls % 2]?.key ?? '')
      assert.ok(status >= 200 && status < 300, `${status}`)
      assert.equal(number(headers, 'x-ratelimit-limit'), requests)
      assert.equal(number(headers, 'x-ratelimit-remaining'), requests - 1 - calls)
    }
    const { status, headers, body } = await once(keys[0]?.key ?? '')

    assert.equal(status, 429)
    assert.equal(
      body.error.message,
      `Rate limit exceeded (${requests} requests per ${seconds}s). Try again shortly.`,
    )
    const names = ['limit', 'remaining', 'reset'].map((name) => `x-ratelimit-${name}`)
    const reset = number(headers, 'retry-after')
    assert.deepEqual(
      names.map((name) => number(headers, name)),
      [requests, 0, reset],
    )
    assert.ok(reset > 0 && reset <= seconds)
    const another = await apiKeyFor(shared, await shared.user(), scopes)
    assert.notEqual((await once(another.key)).status, 429)
  })
}

test('a call without its scope counts for the person, by whose window it is answered', async (t) => {
  const server = await startServer(t, limited)
  const { key } = await apiKeyFor(server, await server.user(), ['IDENTITY'])
  await awayFromMinuteEnd()

  const search = await call(
    server,
    { 'x-api-key': key },
    '/v2/search?query=x&content_types=LIBRARY_AGENT',
  )
  const me = await call(server, { 'x-api-key': key })

  assert.deepEqual([search.status, me.status], [403, 200])
  for (const [index, { headers }] of [search, me].entries()) {
    assert.equal(number(headers, 'x-ratelimit-limit'), 200)
    assert.equal(number(headers, 'x-ratelimit-remaining'), 199 - index)
  }
})

const onPostgres = { skip: testEngine === 'pglite' && 'counts in its own memory' }

test('a store that fails keeps nobody out', onPostgres, async (t) => {
  const server = await startServer(t, limited)
  const { value } = await issueToken(server, { scopes: ['IDENTITY'] })
  await server.db.query('alter table rate_limits rename to rate_limits_away')

  for (let calls = 0; calls < 25; calls++) {
    assert.equal((await call(server, bearer(value))).status, 200)
  }
})

test('an app and a key have limits of their own, where an administrator says so', async (t) => {
  const server = await startServer(t, limited)
  const { value, client, user } = await issueToken(server, { scopes: ['IDENTITY'] })
  const { key, id } = await apiKeyFor(server, user, ['IDENTITY'])
  await updateClient(server.db, client.id, { requestsPerMinute: 3 })
  await server.db.query('update api_keys set requests_per_minute = 2 where id = $1', [id])
  await awayFromMinuteEnd()
  const statuses = async (headers: object, times: number) => {
    const all = []
    for (let calls = 0; calls < times; calls++) all.push((await call(server, headers)).status)
    return all
  }

  assert.deepEqual(await statuses(bearer(value), 4), [200, 200, 200, 429])
  assert.deepEqual(await statuses({ 'x-api-key': key }, 3), [200, 200, 429])
})

async function startRedis(t: TestContext) {
  const port = await freePort()
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
  ]
  const redis = spawn('redis-server', options, { stdio: 'ignore' })
  const stop = async () => {
    if (redis.exitCode !== null || redis.signalCode !== null) return
    redis.kill()
    await once(redis, 'exit')
  }
  t.after(stop)
  return { url: `redis://127.0.0.1:${port}`, stop }
}

/** How many of so many calls pass, turn by turn at two nodes of one database. */
async function passed(t: TestContext, env: Record<string, string>, calls: number) {
  const first = await startServer(t, { ...limited, ...env })
  const second = await startServer(t, { ...limited, ...env, ISSUER: first.url }, { db: first.db })
  const { value } = await issueToken(first, { scopes: ['IDENTITY'] })
  // The second node answers under the first one's name.
  const host = { ...bearer(value), host: new URL(first.url).host }
  await sleep(300)
  await awayFromMinuteEnd(25)
  let good = 0
  for (let index = 0; index < calls; index++) {
    const { status } = await call(index % 2 ? second : first, host)
    if (status === 200) good += 1
    else assert.equal(status, 429)
  }
  return good
}

const together = { skip: testEngine === 'pglite' && 'one process, which counts by itself' }

test('two nodes count together, on PostgreSQL', together, async (t) => {
  const good = await passed(t, {}, 230)

  assert.ok(good <= 200 && good >= 190, `${good}`)
})

test('two nodes count together, on Redis', together, async (t) => {
  const redis = await startRedis(t)
  const good = await passed(t, { REDIS_URL: redis.url }, 230)

  assert.ok(good <= 200 && good >= 190, `${good}`)
})

// R19
test('Redis away keeps nobody out', together, async (t) => {
  const redis = await startRedis(t)
  const server = await startServer(t, { ...limited, REDIS_URL: redis.url })
  const { value } = await issueToken(server, { scopes: ['IDENTITY'] })
  assert.equal((await call(server, bearer(value))).status, 200)

  await redis.stop()

  for (let calls = 0; calls < 25; calls++) {
    assert.equal((await call(server, bearer(value))).status, 200)
  }
})
