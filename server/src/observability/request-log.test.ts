import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import Koa, { type Context } from 'koa'
import pino from 'pino'
import { Problem, problemMiddleware } from '#web/problem.ts'
import { type AnsweredRequest, loggedPath, requestLog } from './request-log.ts'
import { routeLabels } from './route-label.ts'

test('the log names routes and never what a thief could use', () => {
  const uid = 'q3JdT0Xb5sVv9o1_kWlA7cGdYyU2nRz4'

  assert.equal(loggedPath(`/auth/interaction/${uid}/login`), '/auth/interaction/:id/login')
  assert.equal(loggedPath('/.well-known/openid-configuration'), '/.well-known/openid-configuration')
  assert.equal(loggedPath('/api/oauth/token'), '/api/oauth/token')
  assert.equal(loggedPath('/x\ny'), '/:id') // A185
  for (const address of ['a@b.c', 'a%40b.c', "o'x@b.c"]) {
    assert.equal(
      loggedPath(`/external-api/v2/runs/${address}/share`),
      '/external-api/v2/runs/:id/share',
    )
  }
  assert.ok(loggedPath('/a'.repeat(5000)).length <= 200)
})

interface Line {
  level: number
  requestId: string
  msg: string
  [field: string]: unknown
}

async function serve(t: TestContext, answer: (ctx: Context) => unknown) {
  const lines: Line[] = []
  const answered: AnsweredRequest[] = []
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) })
  const app = new Koa()
  app.use(
    requestLog({
      log,
      routeLabel: routeLabels(['/known/:id']),
      onAnswered: (request) => void answered.push(request),
      errorOf: (ctx) => ctx.state.error,
    }),
  )
  app.use(problemMiddleware({ log })).use(answer)
  const server = app.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const logged = async () => {
    while (answered.length === 0) await sleep(5)
    return lines.filter(({ msg }) => msg === 'request')[0]
  }
  return { url: `http://127.0.0.1:${port}`, port, lines, answered, logged }
}

test('a request is known by an id of ours, whatever the sender calls it', async (t) => {
  const { url, logged } = await serve(t, (ctx) => {
    ctx.body = 'fine'
  })

  const sent = { 'x-request-id': 'mine', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` }
  const { headers } = await fetch(`${url}/known/x?code=spent`, { headers: sent })

  const line = await logged()
  assert.match(line?.requestId ?? '', /^[\da-f-]{36}$/)
  assert.equal(headers.get('x-request-id'), line?.requestId)
  assert.equal(line?.path, '/known/x')
  assert.equal(line?.level, 30)
})

test('a fault of ours is a warning with the class of the error and not its message', async (t) => {
  const { url, lines, logged, answered } = await serve(t, () => {
    throw new RangeError('with a value that was sent')
  })

  await fetch(`${url}/known/x`)

  const { level, error, status, requestId, ...rest } = (await logged()) as Line
  assert.deepEqual({ level, error, status }, { level: 40, error: 'RangeError', status: 500 })
  assert.doesNotMatch(JSON.stringify(rest), /a value/)
  // The stack is in a line of its own, found by the same id.
  const failed = lines.find(({ msg }) => msg === 'request failed')
  assert.equal(failed?.requestId, requestId)
  assert.deepEqual(
    answered.map(({ route }) => route),
    ['/known/:id'],
  )
})

test('a refusal is told by its name, and is no warning', async (t) => {
  const { url, logged } = await serve(t, () => {
    throw new Problem(403, 'forged-form', 'Open the page again.')
  })

  await fetch(url)

  const line = await logged()
  assert.deepEqual([line?.level, line?.error, line?.status], [30, 'forged-form', 403])
})

test('a slow request is a warning', async (t) => {
  const { url, logged } = await serve(t, async (ctx) => {
    await sleep(1_050)
    ctx.body = 'at last'
  })

  await fetch(url)

  assert.equal((await logged())?.level, 40)
})

test('who goes away before the answer is logged and counted as 499', async (t) => {
  const asked = Promise.withResolvers<void>()
  const { port, answered, logged } = await serve(t, async () => {
    asked.resolve()
    await sleep(60_000, undefined, { ref: false })
  })

  const socket = connect(port, '127.0.0.1')
  socket.write('GET /known/x HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await asked.promise
  socket.destroy()

  assert.equal((await logged())?.status, 499)
  assert.equal(answered[0]?.status, 499)
})
