import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiKeyFor } from './gateway.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { rawSocket } from './raw-request.ts'
import { smugglings } from './smuggling.ts'

async function setUp(t: TestContext) {
  const { url, asked: all } = await startPlatform(t)
  const server = await startServer(t, { PLATFORM_API_URL: url })
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH', 'WRITE_GRAPH'])
  /** Bytes as they are; what came back until the server closed, or said nothing for a while. */
  const send = async (...lines: string[]): Promise<string> => {
    const socket = rawSocket(server)
    let [answer, heardAt] = ['', performance.now() + 5_000]
    socket.on('data', (bytes) => {
      answer += bytes
      heardAt = performance.now()
    })
    socket.write(lines.join('\r\n'))
    const closed = once(socket, 'close').then(() => 'closed')
    while (performance.now() - heardAt < 400) {
      if (await Promise.race([closed, sleep(50)])) break
    }
    socket.destroy()
    return answer
  }
  const host = `Host: ${new URL(server.url).host}`
  const asked = () => all.map(({ method, url }) => `${method} ${url}`)
  return { asked, send, head: [host, `X-API-Key: ${key}`] }
}

const path = '/external-api/v2/graphs'
const smuggled = ['GET /external-api/v2/credits HTTP/1.1', 'Host: x', '', '']
const statuses = (answer: string) =>
  [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, code]) => code)

// A169
for (const { what, head: extra, before } of smugglings) {
  test(`${what} is 400, and nothing behind it reaches the platform`, async (t) => {
    const { asked, send, head } = await setUp(t)

    const answer = await send(
      `POST ${path} HTTP/1.1`,
      ...head,
      ...extra,
      '',
      ...before,
      ...smuggled,
    )

    assert.ok(!asked().includes('GET /external-api/v2/credits'))
    assert.deepEqual(statuses(answer).slice(0, 1), ['400'], answer)
    assert.equal(statuses(answer).length, 1, 'the connection went on')
  })
}

test('what follows a whole request is a request of its own, with a credential of its own', async (t) => {
  const { asked, send, head } = await setUp(t)

  const answer = await send(
    `POST ${path} HTTP/1.1`,
    ...head,
    'Content-Length: 2',
    'Content-Type: application/json',
    '',
    `{}GET /external-api/v2/credits HTTP/1.1`,
    head[0] ?? '',
    '',
    '',
  )

  assert.deepEqual(statuses(answer), ['200', '401'])
  assert.deepEqual(asked(), [`POST ${path}`])
})

// A167, A168, A170
for (const [what, line, extra, refused] of [
  ['an absolute address', `GET http://evil.example${path} HTTP/1.1`, [], /^4/],
  ['CONNECT', 'CONNECT platform:80 HTTP/1.1', [], /^(4|$)/],
  ['TRACE', `TRACE ${path} HTTP/1.1`, [], /^4/],
  ['a method of nobody', `FROBNICATE ${path} HTTP/1.1`, [], /^4/],
  ['a small method', `get ${path} HTTP/1.1`, [], /^4/],
  ['a fragment', `GET ${path}#/../credits HTTP/1.1`, [], /^4/],
] as const) {
  test(`${what} reaches no operation`, async (t) => {
    const { asked, send, head } = await setUp(t)

    const answer = await send(line, ...head, ...extra, 'Connection: close', '', '')

    assert.match(statuses(answer)[0] ?? '', refused, answer)
    assert.deepEqual(asked(), [])
  })
}

test('an upgrade is not passed on: the call is an ordinary one', async (t) => {
  const { asked, send, head } = await setUp(t)
  const upgrade = ['Connection: Upgrade, X-API-Key', 'Upgrade: websocket', 'HTTP2-Settings: AA']

  const answer = await send(`GET ${path} HTTP/1.1`, ...head, ...upgrade, '', '')

  assert.deepEqual(statuses(answer), ['200'])
  assert.deepEqual(asked(), [`GET ${path}`])
})
