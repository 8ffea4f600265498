import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort, startProcess } from './server-process.ts'

const only = { skip: testEngine === 'pglite' && 'not about the database' }

async function start(t: TestContext, env: Record<string, string> = {}) {
  return startProcess(t, {
    PORT: String(await freePort()),
    DATABASE_URL: await testDatabaseUrl(t),
    SECRET_KEY: 'a secret key of more than 32 characters',
    ADMIN_TOKEN: 'drain-admin-token-0123456789',
    LOG_LEVEL: 'silent',
    ...env,
  })
}

/** A connection that stays open as long as the server wants it to. */
async function connection(url: string): Promise<{ socket: Socket; heard(): string }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  let heard = ''
  socket
    .on('error', () => {})
    .on('data', (chunk) => {
      heard += chunk
    })
  return { socket, heard: () => heard }
}

const get = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'
const body = 'grant_type=client_credentials&client_id=nobody&client_secret=wrong'
const post = `POST /api/oauth/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n`

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return
    await sleep(50)
  }
  throw new Error('it did not happen')
}

const status = (url: string) => fetch(url).then((answer) => answer.status)
const refused = (url: string) =>
  status(url).then(
    () => false,
    () => true,
  )

// R11
test('SIGTERM: not ready at once, served for a while, idle connections closed', only, async (t) => {
  const server = await start(t, { DRAIN_SECONDS: '3' })
  const idle = await connection(server.url)
  idle.socket.write(get)
  await until(() => idle.heard().includes('live'))
  assert.match(idle.heard(), /connection: keep-alive/i)

  const ended = server.stop()
  await until(async () => (await status(`${server.url}/health/ready`)) === 503)
  const ready = await fetch(`${server.url}/health/ready`)
  const page = await fetch(`${server.url}/login`)

  assert.deepEqual(await ready.json(), { status: 'not ready', reason: 'stopping' })
  assert.equal(page.status, 200)
  assert.equal(page.headers.get('connection'), 'close')
  assert.equal(await status(`${server.url}/health/live`), 200)
  // Nobody has to wait for somebody who only holds a connection open.
  await once(idle.socket, 'close')
  assert.equal(await ended, 0)
})

// R11
test('a request under way is answered after the port has closed', only, async (t) => {
  const server = await start(t)
  const { socket, heard } = await connection(server.url)
  socket.write(post)
  await sleep(200)

  const ended = server.stop()
  await until(() => refused(`${server.url}/health/live`))
  socket.write(body)
  await once(socket, 'close')

  assert.match(heard(), /^HTTP\/1\.1 401 /)
  assert.match(heard(), /^connection: close\r$/im)
  assert.match(heard(), /invalid_client/)
  assert.equal(await ended, 0)
})

// R11
test('a second signal ends it at once, with 1', only, async (t) => {
  const server = await start(t, { DRAIN_SECONDS: '60' })

  const ended = server.stop()
  await until(async () => (await status(`${server.url}/health/ready`)) === 503)
  process.kill(server.pid, 'SIGTERM')

  assert.equal(await ended, 1)
})

// R11
test('a request that never ends does not hold the process for ever', only, async (t) => {
  const server = await start(t)
  const { socket } = await connection(server.url)
  socket.write(post)
  await sleep(200)

  assert.equal(await server.stop(), 1)
})

test('Ctrl+C does not wait for balancers', only, async (t) => {
  const server = await start(t, { DRAIN_SECONDS: '600' })

  assert.equal(await server.stop('SIGINT'), 0)
})
