import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type RequestListener, request } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { UpstreamLimits } from '../src/gateway/upstream/upstream.ts'
import { wordsOf } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, type TestServer, tokensFor } from './harness.ts'
import { startPlatform } from './platform.ts'
import { bearer, send } from './requests.ts'
import { freePort } from './server-process.ts'

/** One of this size or less is done at once; the platforms here do all that they do by then. */
const soon = 300

async function gatewayTo(t: TestContext, url: string, upstreamLimits: UpstreamLimits = {}) {
  const server = await startServer(t, { PLATFORM_API_URL: url }, { upstreamLimits })
  const scopes = ['READ_GRAPH', 'READ_BLOCK', 'READ_FILES', 'WRITE_FILES', 'RUN_AGENT', 'READ_RUN']
  const headers = bearer((await issueToken(server, { scopes })).value)
  const call = (path: string, init: RequestInit = {}) =>
    send(server, `/external-api/${path}`, { ...init, headers })
  return { server, headers, call }
}

async function setUp(t: TestContext, answer: RequestListener, limits: UpstreamLimits = {}) {
  const platform = await startPlatform(t, answer)
  return { platform, ...(await gatewayTo(t, platform.url, limits)) }
}

/** A platform that can be stopped and killed. */
async function startProcess(t: TestContext, listen: string) {
  const program = `
    const { createServer } = require('node:http')
    const server = createServer((req, res) => res.writeHead(200).write('data: 1\\n\\n'))
    server.on('listening', () => console.log(server.address().port))
    ${listen}`
  const platform = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => platform.kill('SIGKILL'))
  const [line] = await once(platform.stdout, 'data')
  return { platform, port: Number(line) }
}

/** A stream whose beginning has arrived. */
async function openStream(server: TestServer, path: string, headers: Record<string, string>) {
  const sent = request(`${server.url}/external-api/${path}`, { headers }).end()
  const [response] = await once(sent, 'response')
  return response
}

// R19
test('a platform that hangs before it answers is a 504, in the words of either version', async (t) => {
  const { call } = await setUp(t, () => {}, { headers: soon })

  for (const version of ['v1', 'v2']) {
    const { status, body } = await call(`${version}/blocks`)

    assert.equal(status, 504)
    assert.equal(wordsOf(version, body), 'The platform did not answer in time.')
  }
})

// R19
test('a platform that hangs in the middle of a body ends the connection of the client', async (t) => {
  const { call } = await setUp(t, (_req, res) => res.write('{'), { body: soon })

  await assert.rejects(call('v2/graphs'), /terminated/)
})

// R19
test('a platform that hangs or breaks off in a short answer, of which nothing has gone out, is a 504 or 502', async (t) => {
  const answer: RequestListener = (req, res) => {
    res.writeHead(200, { 'content-length': '100' }).write('{')
    if (req.url?.includes('/graphs')) setTimeout(() => res.destroy(), 50)
  }
  const { call } = await setUp(t, answer, { body: soon })

  for (const version of ['v1', 'v2']) {
    const hung = await call(`${version}/blocks`)
    assert.equal(hung.status, 504)
    assert.equal(wordsOf(version, hung.body), 'The platform did not answer in time.')
  }
  assert.equal((await call('v2/graphs')).status, 502)
})

// R19
test('a platform that is slow is waited for, byte by byte', async (t) => {
  const slow: RequestListener = async (_req, res) => {
    await sleep(400)
    for (const byte of 'slow but sure') {
      res.write(byte)
      await sleep(100)
    }
    res.end()
  }
  const { call } = await setUp(t, slow, { headers: 5_000, body: 1_000 })

  const { status, body } = await call('v2/graphs')

  assert.deepEqual([status, body], [200, 'slow but sure'])
})

// R19
test('a platform to which no connection comes about is a 504', async (t) => {
  const { port, platform } = await startProcess(t, 'server.listen({ port: 0, backlog: 1 })')
  // What it does not accept waits with the kernel, and there is room for few.
  platform.kill('SIGSTOP')
  for (let callers = 0; callers < 8; callers++) {
    const caller = connect(port, '127.0.0.1').on('error', () => {})
    t.after(() => caller.destroy())
  }
  await sleep(100)
  const { call } = await gatewayTo(t, `http://127.0.0.1:${port}`, { connect: soon })

  for (const version of ['v1', 'v2']) {
    const { status, body } = await call(`${version}/blocks`)

    assert.equal(status, 504)
    assert.equal(wordsOf(version, body), 'The platform did not answer in time.')
  }
})

// R19
for (const size of [10, 100_000, 5_000_000]) {
  test(`an upload of ${size} bytes to a dead platform is a 502`, async (t) => {
    const { call } = await gatewayTo(t, `http://127.0.0.1:${await freePort()}`)

    // Enough for the breaker, after which nobody tries to send it.
    for (let times = 0; times < 15; times++) {
      const { status } = await call('v2/files/upload', { method: 'POST', body: 'x'.repeat(size) })
      assert.equal(status, 502)
    }
  })
}

// R19
test('an answer without end goes no faster than it is read', async (t) => {
  let written = 0
  const { server, headers } = await setUp(t, (_req, res) => {
    const piece = Buffer.alloc(1024 * 1024)
    const go = () => {
      while (res.write(piece)) written += piece.length
      written += piece.length
    }
    res.on('drain', go)
    go()
  })
  const response = await openStream(server, 'v2/files/1/download', headers)
  let before = -1
  while (written !== before) {
    before = written
    await sleep(500)
  }

  assert.ok(before < 64 * 1024 * 1024, `${before} bytes were taken`)
  let read = 0
  for await (const piece of response) {
    read += piece.length
    if (read > before + 16 * 1024 * 1024) break
  }
})

test('what is no mere question is asked once, whatever becomes of it', async (t) => {
  const { platform, call } = await setUp(t, (_req, res) => res.destroy())

  const { status } = await call('v2/library/agents/1/runs', { method: 'POST', body: '{}' })

  assert.deepEqual([status, platform.asked.length], [502, 1])
})

test('a question that breaks off is asked again, without the body that none has', async (t) => {
  const bodies: string[] = []
  const { platform, server, headers } = await setUp(t, (req, res) => {
    if (platform.asked.length === 1) return void res.destroy()
    req.on('data', (piece) => bodies.push(String(piece))).on('end', () => res.end('{}'))
  })
  const url = `${server.url}/external-api/v2/graphs`
  const sent = request(url, { headers: { ...headers, 'content-length': '5' } })

  sent.end('hello')
  const [response] = await once(sent, 'response')

  assert.deepEqual([response.statusCode, platform.asked.length, bodies], [200, 2, []])
})

test('who finds every connection in use waits for one, though not for ever', async (t) => {
  const ends: (() => void)[] = []
  const answer: RequestListener = (req, res) => {
    if (!req.url?.includes('/runs')) return void res.end('{}')
    res.write('data: 1\n\n')
    ends.push(() => res.end())
  }
  const { server, headers, call } = await setUp(t, answer, { connections: 2, wait: 1_500 })
  const streams = [await openStream(server, 'v2/runs', headers)]
  streams.push(await openStream(server, 'v2/runs', headers))

  const refused = await call('v2/graphs')
  assert.equal(refused.status, 503)
  assert.equal(refused.body.error.code, 'service_unavailable')
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
  assert.ok((await call('v1/graphs')).body.detail)

  const leaver = new AbortController()
  const left = call('v2/graphs', { signal: leaver.signal }).catch(() => 'left')
  const waits = [call('v2/graphs'), call('v2/graphs')]
  await sleep(200)
  leaver.abort()
  assert.equal(await left, 'left')
  ends[0]?.()
  for (const { status } of await Promise.all(waits)) assert.equal(status, 200)
  assert.equal((await call('v2/graphs')).status, 200)
  for (const stream of streams) stream.destroy()
})

// R19: an error that nobody listens to yet would end the process.
test('an answer that is broken in the very piece that it begins with ends one connection', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  const broken = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.write(`${head}no length\r\n`))
  })
  await once(broken.listen(0, '127.0.0.1'), 'listening')
  t.after(() => broken.close())
  const { port } = broken.address() as AddressInfo
  const { server, call } = await gatewayTo(t, `http://127.0.0.1:${port}`)

  await assert.rejects(call('v2/graphs'), /fetch failed|terminated/)

  assert.equal((await send(server, '/health/live')).status, 200)
})

// R19
test('a platform that is killed in the middle of an answer takes nothing along: signing in goes on', async (t) => {
  const { port, platform } = await startProcess(t, "server.listen(0, '127.0.0.1')")
  const { server, headers, call } = await gatewayTo(t, `http://127.0.0.1:${port}`)
  const streams = await Promise.all(
    Array.from({ length: 8 }, () => openStream(server, 'v2/runs', headers)),
  )
  const ended = streams.map(async (stream) => {
    const [error] = await once(stream.resume(), 'error')
    return error.code
  })
  const [client, user] = [await server.client(), await server.user()]
  const signingIn = tokensFor(server, client, user)

  platform.kill('SIGKILL')

  assert.deepEqual(await Promise.all(ended), new Array(8).fill('ECONNRESET'))
  assert.ok((await signingIn).access_token)
  assert.equal((await call('v2/graphs')).status, 502)
  assert.ok((await tokensFor(server, client, await server.user())).access_token)
})

// A149
test('an upload whose sender falls silent ends, one that goes on slowly does not', async (t) => {
  const { server, headers } = await setUp(
    t,
    (req, res) => void req.resume().on('end', () => res.end('{}')),
    {
      upload: soon,
    },
  )
  const upload = () =>
    request(`${server.url}/external-api/v2/files/upload`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/octet-stream' },
    })

  const silent = upload()
  silent.write('x')
  const [error] = await once(silent, 'error')
  const slow = upload()
  for (let piece = 0; piece < 6; piece++) {
    slow.write('x')
    await sleep(soon / 2)
  }
  const [response] = await once(slow.end(), 'response')

  assert.equal(error.code, 'ECONNRESET')
  assert.equal(response.statusCode, 200)
})
