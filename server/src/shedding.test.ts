import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Koa from 'koa'
import { problemMiddleware } from '#web/problem.ts'
import { type ShedReason, shedding } from './shedding.ts'

const places = {
  page: { most: 2, mostWhenLate: 1 },
  program: { most: 3, mostWhenLate: 1 },
  api: { most: 2, mostWhenLate: 1 },
  revocation: { most: 3, mostWhenLate: 3 },
}
const token = '/api/oauth/token'
const revoke = '/api/oauth/revoke'

/** A server whose answers wait until they are let go. */
async function setUp(t: TestContext) {
  const app = new Koa()
  const delay = { ms: 0, current: () => delay.ms }
  const shed: ShedReason[] = []
  const release = Promise.withResolvers<void>()
  let begun = 0
  app.use(problemMiddleware({ log: { error: (_fields, message) => assert.fail(message) } }))
  app.use(shedding({ delay, onShed: (reason) => shed.push(reason), places }))
  app.use(async (ctx) => {
    begun += 1
    await release.promise
    ctx.body = 'done'
  })
  const server = createServer(app.callback()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  t.after(() => {
    release.resolve()
    server.closeAllConnections()
    server.close()
  })
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, init)
  const arrived = async (count: number) => {
    for (let tries = 0; begun < count && tries < 500; tries++) await sleep(10)
    assert.equal(begun, count)
  }
  const begin = async (count: number, path: string) => {
    const all = begun + count
    const answers = Array.from({ length: count }, () => ask(path, { method: 'POST' }))
    await arrived(all)
    return answers
  }
  return { ask, begin, arrived, delay, shed, port, release: release.resolve }
}

const statusOf = async (answer: Promise<Response>) => (await answer).status

// R26, R28
test('more than there is room for is told to come again, and nobody else waits for it', async (t) => {
  const { ask, begin, shed, release } = await setUp(t)
  const running = await begin(3, token)

  const refused = await ask(token, { method: 'POST' })

  assert.equal(refused.status, 503)
  assert.equal(refused.headers.get('retry-after'), '2')
  assert.equal(((await refused.json()) as { error: string }).error, 'temporarily_unavailable')
  assert.deepEqual(shed, ['in_flight'])
  const others = [...(await begin(2, '/login')), ...(await begin(1, revoke))]
  release()
  for (const answer of [...running, ...others]) assert.equal(await statusOf(answer), 200)
  assert.equal(await statusOf(ask(token)), 200)
})

// R26
test('a late event loop takes fewer, until it is on time again; revocation goes first', async (t) => {
  const { ask, begin, delay, shed, release } = await setUp(t)
  delay.ms = 251
  const running = await begin(1, token)

  assert.equal(await statusOf(ask(token)), 503)
  assert.deepEqual(shed, ['event_loop'])

  running.push(...(await begin(3, revoke)))
  delay.ms = 250
  running.push(...(await begin(2, token)))
  release()
  for (const answer of running) assert.equal(await statusOf(answer), 200)
})

// A149
test('who sends slowly takes nobody’s place', async (t) => {
  const { ask, begin, arrived, port, release } = await setUp(t)
  for (let count = 0; count < 5; count++) {
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(`POST ${token} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf`)
  }
  await arrived(5)

  const running = await begin(3, token)

  assert.equal(await statusOf(ask(token)), 503)
  release()
  for (const answer of running) assert.equal(await statusOf(answer), 200)
})

test('each is refused in the words of whom it asked', async (t) => {
  const { ask, begin } = await setUp(t)
  const full = [
    ...(await begin(3, token)),
    ...(await begin(2, '/external-api/v2/graphs')),
    ...(await begin(2, '/login')),
  ]
  void Promise.allSettled(full)
  const bodyOf = async (path: string) => (await ask(path)).json() as Promise<object>
  const text = 'the service is briefly overloaded; try again'

  const error = { error: 'temporarily_unavailable', error_description: text, detail: text }
  assert.deepEqual(await bodyOf('/api/oauth/introspect'), error)
  assert.deepEqual(await bodyOf('/external-api/v1/me'), { detail: text })
  assert.deepEqual(await bodyOf('/external-api/v2/me'), {
    error: { code: 'service_unavailable', message: text, details: null },
  })
  const problem = await ask('/api/admin/apps')
  assert.equal(problem.headers.get('content-type'), 'application/problem+json')
  const page = await ask('/login', { headers: { accept: 'text/html', 'accept-language': 'de' } })
  assert.equal(page.status, 503)
  assert.equal(page.headers.get('retry-after'), '2')
  assert.match(await page.text(), /<html lang="de"/)
})

// A151
test('calls that wait for the platform keep nobody from a token', async (t) => {
  const { ask, begin, release } = await setUp(t)
  const waiting = await begin(2, '/external-api/v2/graphs')

  assert.equal(await statusOf(ask('/external-api/v1/blocks')), 503)
  const [exchange] = await begin(1, token)
  release()

  assert.equal(await statusOf(exchange as Promise<Response>), 200)
  assert.deepEqual(await Promise.all(waiting.map(statusOf)), [200, 200])
})
