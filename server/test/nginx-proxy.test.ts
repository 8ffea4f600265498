import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiKeyFor } from './gateway.ts'
import { startServer } from './harness.ts'
import { addressOf, startNginx } from './nginx.ts'
import { startPlatform } from './platform.ts'
import { smugglings } from './smuggling.ts'
import { trySpellings } from './spelled-calls.ts'

const graphs = '/external-api/v2/graphs'

/** nginx as somebody may have it, who keeps connections and lets underscores pass. */
const generous: [string, string][] = [
  ['server 127.0.0.1:4000;', 'server 127.0.0.1:4000; keepalive 1;'],
  ['proxy_http_version 1.1;', 'proxy_http_version 1.1; proxy_set_header Connection "";'],
  ['events {}', 'worker_processes 1; events {}'],
  ['client_max_body_size 0;', 'client_max_body_size 0; underscores_in_headers on;'],
]

/** deploy/nginx-proxy.conf before a server with a platform behind it. */
async function world(t: TestContext, changes: [string, string][] = []) {
  const platform = await startPlatform(t)
  const server = await startServer(t, { TRUST_PROXY: '1', PLATFORM_API_URL: platform.url })
  const address: [string, string] = ['127.0.0.1:4000', addressOf(server.url)]
  const nginx = await startNginx(t, 'nginx-proxy.conf', [...changes, address])
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, ['READ_GRAPH', 'WRITE_GRAPH', 'READ_CREDITS'])
  return { server, ...nginx, platform, user, key }
}

/** Bytes as they are; what came back until the connection ended, or nothing came for a while. */
async function raw(port: number, ...lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes
  })
  socket.write(lines.join('\r\n'))
  await Promise.race([once(socket, 'close'), sleep(300)])
  socket.destroy()
  return answer
}

for (const [name, changes] of [
  ['nginx', []],
  ['an nginx that keeps its connections', generous],
] as const) {
  // A169
  test(`behind ${name} nobody’s bytes become the beginning of another’s request`, async (t) => {
    const { url, port, platform, key, server } = await world(t, [...changes])
    const mine = await apiKeyFor(server, await server.user(), ['WRITE_GRAPH'])
    // Whoever comes next would ask for credits, with a credential of their own.
    const prefix = 'GET /external-api/v2/credits HTTP/1.1\r\nX-Swallowed: '

    for (const { what, head, before } of smugglings) {
      const lines = [`POST ${graphs} HTTP/1.1`, `Host: localhost:${port}`, `X-API-Key: ${mine.key}`]
      await raw(port, ...lines, ...head, '', ...before, prefix)
      for (let next = 0; next < 2; next++) {
        const answer = await fetch(url + graphs, { headers: { 'x-api-key': key } })
        assert.equal(answer.status, 200, what)
      }
    }

    const targets = new Set(platform.asked.map(({ method, url }) => `${method} ${url}`))
    targets.delete(`POST ${graphs}`)
    assert.deepEqual([...targets], [`GET ${graphs}`])
  })
}

// A170, A171
test('behind nginx that lets underscores pass nobody writes our words', async (t) => {
  const { port, platform, key, user } = await world(t, generous)

  const answer = await raw(
    port,
    `GET ${graphs} HTTP/1.1`,
    `Host: localhost:${port}`,
    `X-API-Key: ${key}`,
    ...['X_AutoGPT_User_Id', 'X-AutoGPT_User-Id', 'X_AUTOGPT_IDENTITY', 'X-AutoGPT-Identity'].map(
      (name) => `${name}: forged`,
    ),
    ...['X-AutoGPT-User-Id', 'x-autogpt-scopes', 'X-AutoGPT-Client-Id', 'X-User-Id'].map(
      (name) => `${name}: forged`,
    ),
    ...['Forwarded: for=1.2.3.4', 'X-Forwarded-User: forged', 'X-Request-Id: forged'],
    'Connection: close, X-AutoGPT-User-Id',
    '',
    '',
  )

  assert.match(answer, /^HTTP\/1\.1 200/)
  const { headers } = platform.asked[0] as IncomingMessage
  assert.equal(headers['x-autogpt-user-id'], user.id)
  assert.doesNotMatch(Object.keys(headers).join(), /_|forwarded|x-user/)
  assert.doesNotMatch(Object.values(headers).join(), /forged|1\.2\.3\.4/)
})

// A143
test('behind nginx an address is the one that nginx saw', async (t) => {
  const { server, url, user } = await world(t)
  const elsewhere = { allowedAddresses: ['203.0.113.7'] }
  const { key } = await apiKeyFor(server, user, ['READ_GRAPH'], elsewhere)

  for (const lie of [
    { 'x-forwarded-for': '203.0.113.7' },
    { 'x-forwarded-for': '203.0.113.7, 203.0.113.7' },
    { forwarded: 'for=203.0.113.7' },
    { 'x-real-ip': '203.0.113.7' },
    { 'x-forwarded-host': 'evil.example' },
  ] as Record<string, string>[]) {
    const { status } = await fetch(url + graphs, { headers: { 'x-api-key': key, ...lie } })
    assert.equal(status, 403, JSON.stringify(lie))
  }
})

// A167
test('behind nginx long addresses are passed on or refused, and nothing falls over', async (t) => {
  const { url, key, platform } = await world(t)
  const status = async (length: number) => {
    const search = `?cursor=${'x'.repeat(length)}`
    return (await fetch(url + graphs + search, { headers: { 'x-api-key': key } })).status
  }

  assert.equal(await status(7000), 200)
  assert.equal(platform.asked[0]?.url?.length, graphs.length + 8 + 7000)
  for (const length of [9_000, 30_000, 200_000]) {
    assert.match(String(await status(length)), /^4(14|31|00)$/)
  }
})

// A167, A168
test('behind nginx no spelling reaches an operation without its scopes', async (t) => {
  const { server, port, platform } = await world(t)

  await trySpellings(t, { server, port, platform, runs: 500 })
})
