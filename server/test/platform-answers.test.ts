import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { apiKeyFor, wordsOf } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send } from './requests.ts'
import { freePort } from './server-process.ts'

/** Answers every connection with these bytes; where it listens. */
async function bytes(t: TestContext, answer: string): Promise<string> {
  const platform = createTcpServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer))
  }).listen(0, '127.0.0.1')
  await once(platform, 'listening')
  t.after(() => platform.close())
  return `http://127.0.0.1:${(platform.address() as AddressInfo).port}`
}

const flood = Array.from({ length: 100 }, (_, index) => `X-Flood-${index}: ${'x'.repeat(1000)}`)

// A175
for (const [what, answer] of [
  ['a hundred kilobytes of headers', `HTTP/1.1 200 OK\r\n${flood.join('\r\n')}\r\n\r\n{}`],
  ['something that is not HTTP', 'hello\r\n\r\n'],
  ['nothing at all', ''],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
  ['a header that is none', 'HTTP/1.1 200 OK\r\nX-A\0: b\r\n\r\n{}'],
  ['the way to an inner host', 'HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\n\r\n'],
] as const) {
  test(`a platform that answers ${what} is a 502 that repeats no credential`, async (t) => {
    const server = await startServer(t, { PLATFORM_API_URL: await bytes(t, answer) })
    const { key } = await apiKeyFor(server, await server.user(), ['READ_BLOCK'])
    const { value } = await issueToken(server, { scopes: ['READ_BLOCK'] })

    for (const [version, headers] of [
      ['v1', { 'x-api-key': key }],
      ['v2', bearer(value)],
    ] as const) {
      const {
        status,
        headers: answered,
        body,
      } = await send(server, `/external-api/${version}/blocks`, { headers })
      assert.equal(status, 502)
      assert.match(wordsOf(version, body) ?? '', /^The platform /)
      const whole = JSON.stringify([body, [...answered]])
      for (const secret of [key, value, '127.0.0.1', '10.0.0.1', 'x-flood']) {
        assert.ok(!whole.includes(secret), secret)
      }
    }
  })
}

// A175
test('a platform that is not there is a 502, and says not where it should be', async (t) => {
  const port = await freePort()
  const server = await startServer(t, { PLATFORM_API_URL: `http://127.0.0.1:${port}` })
  const { key } = await apiKeyFor(server, await server.user(), ['WRITE_GRAPH'])

  const { status, body } = await send(server, '/external-api/v2/graphs', {
    method: 'POST',
    body: '{}',
    headers: { 'x-api-key': key },
  })

  assert.equal(status, 502)
  assert.doesNotMatch(JSON.stringify(body), new RegExp(`${port}|ECONN|${key}`))
})

// A176
test('the platform is asked by its own name, without a cookie of ours', async (t) => {
  const platform = await startPlatform(t)
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])
  const headers = { 'x-api-key': key, cookie: 'agpt_session=x; agpt_session.sig=y' }

  await rawRequest(server, { path: '/external-api/v2/graphs', headers })

  const [asked] = platform.asked
  assert.equal(asked?.headers.host, new URL(platform.url).host)
  assert.equal(asked?.headers.cookie, undefined)
})

const openssl = (() => {
  try {
    return execFileSync('openssl', ['version']).length > 0
  } catch {
    return false
  }
})()

// A176
test('a platform that cannot show its certificate is asked nothing', {
  skip: !openssl && 'there is no openssl on this machine',
}, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-tls-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', ['req', '-x509', ...made, ...names, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const asked: string[] = []
  const platform = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (req, res) => {
      asked.push(req.url ?? '')
      res.end('{}')
    },
  ).listen(0, '127.0.0.1')
  await once(platform, 'listening')
  t.after(() => {
    platform.closeAllConnections()
    platform.close()
  })
  const { port } = platform.address() as AddressInfo
  const server = await startServer(t, { PLATFORM_API_URL: `https://localhost:${port}` })
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const { status } = await send(server, '/external-api/v2/graphs', { headers: bearer(value) })

  assert.deepEqual([status, asked], [502, []])
})

// A173
test('a thousand ranges are the platform’s to refuse, and here nothing is multiplied', async (t) => {
  const platform = await startPlatform(t, (_req, res) => res.writeHead(416).end())
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { key } = await apiKeyFor(server, await server.user(), ['READ_FILES'])
  const range = `bytes=${Array.from({ length: 1000 }, () => '0-').join(',')}`
  const ask = (path: string) => rawRequest(server, { path, headers: { 'x-api-key': key, range } })

  assert.equal((await ask('/external-api/v2/files/1/download')).status, 416)
  assert.equal(platform.asked.length, 1)
  assert.equal(platform.asked[0]?.headers.range, range)
  for (const path of ['/external-api/v2/openapi.json', '/login']) {
    const whole = await rawRequest(server, { path })
    const answer = await ask(path)
    assert.deepEqual([answer.status, answer.text.length], [200, whole.text.length], path)
  }
})
