import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { adminToken, authorizePath, codeFor, startServer, verifier } from './harness.ts'
import { rawRequest, rawSocket } from './raw-request.ts'
import { basic, bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'

for (const [path, type] of [
  ['/api/oauth/token', form],
  ['/api/oauth/token', json],
  ['/api/oauth/introspect', form],
  ['/api/oauth/introspect', json],
  ['/api/oauth/revoke', form],
  ['/api/oauth/userinfo', form],
  ['/auth/authorize', form],
  ['/auth/logout', form],
  ['/auth/logout/confirm', form],
  ['/login', form],
  ['/signup', form],
  ['/api/admin/apps', json],
] as const) {
  test(`57 KiB of ${type} at ${path} are refused quickly`, async () => {
    const client = await server.client({ type: 'machine' })
    const filler = 'x'.repeat(57 * 1024)
    const body =
      type === json
        ? JSON.stringify({ grant_type: 'client_credentials', filler })
        : `grant_type=client_credentials&filler=${filler}`
    const credentials = path.includes('/admin/') ? bearer(adminToken) : basic(client)
    const started = performance.now()

    const headers = { ...credentials, 'content-type': type }
    const answer = await send(server, path, { method: 'POST', body, headers })

    assert.ok([400, 401, 403, 413].includes(answer.status), `${answer.status}`) // A146
    assert.ok(performance.now() - started < 2000)
    assert.equal(answer.body.access_token, undefined)
  })
}

for (const [path, type] of [
  ['/api/oauth/token', form],
  ['/api/oauth/token', json],
  ['/login', form],
  ['/auth/logout/confirm', form],
  ['/api/admin/apps', json],
  ['/nowhere', form],
] as const) {
  test(`a body without end at ${path} as ${type} is cut off`, async () => {
    const socket = rawSocket(server)
    socket.write(
      [
        `POST ${path} HTTP/1.1`,
        'Host: localhost',
        `Authorization: Bearer ${adminToken}`,
        `Content-Type: ${type}`,
        'Transfer-Encoding: chunked',
        '\r\n',
      ].join('\r\n'),
    )
    const chunk = Buffer.alloc(64 * 1024, 'x')
    let closed = false
    let answered = ''
    socket.on('data', (data) => {
      answered += data
    })
    socket.on('close', () => {
      closed = true
    })

    let sent = 0
    while (!closed && sent < 100 * 1024 * 1024) {
      const more = socket.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
      sent += chunk.length
      if (!more) await Promise.race([once(socket, 'drain').catch(() => {}), sleep(1000)])
      await sleep(0)
    }

    assert.ok(closed, `still reading after ${sent} bytes`) // A146
    // The end of the connection may overtake the answer (RFC 9112 9.6).
    assert.match(answered, /^(HTTP\/1\.1 4\d\d |$)/)
    socket.destroy()
  })
}

test('a connection is kept for those who send what is read', async () => {
  const client = await server.client({ type: 'machine' })
  const body = new URLSearchParams({ grant_type: 'client_credentials' })

  const get = await send(server, '/health/live')
  const post = await send(server, '/api/oauth/token', {
    method: 'POST',
    body,
    headers: basic(client),
  })

  for (const { status, headers } of [get, post]) {
    assert.deepEqual([status, headers.get('connection')], [200, 'keep-alive'])
  }
})

test('a compressed body is not unpacked', async () => {
  const client = await server.client({ type: 'machine' })

  for (const [type, status] of [
    [form, 400],
    [json, 415],
  ] as const) {
    const headers = { ...basic(client), 'content-type': type, 'content-encoding': 'gzip' }
    const body = new Uint8Array([0x1f, 0x8b, 8, 0])
    const answer = await send(server, '/api/oauth/token', { method: 'POST', body, headers })

    assert.equal(answer.status, status) // A154
  }
})

test('an address or headers of kilobytes are refused, and the server goes on', async () => {
  const client = await server.client()
  const path = `${authorizePath(client)}&x=${'y'.repeat(20_000)}`

  const long = await rawRequest(server, { path })
  const many = await rawRequest(server, { headers: { 'x-long': 'y'.repeat(20_000) } })

  assert.equal(long.status, 431) // A148
  assert.equal(many.status, 431)
  assert.equal((await send(server, '/health/live')).status, 200)
})

test('a thousand parameters are a request like any other', async () => {
  const client = await server.client()
  const query = Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&')

  const page = await server.visitor().go(`${authorizePath(client)}&${query}`)

  assert.equal(page.status, 200) // A80, A148
})

test('wrong secrets are slowed down, and the right one of another address is not', async (t) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '1' })
  const client = await limited.client({ type: 'machine' })
  const ask = (secret: string, from: string) =>
    send(limited, '/api/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
      headers: { ...basic({ ...client, secret }), 'x-forwarded-for': from },
    })

  const answers = []
  for (let attempt = 0; attempt < 25; attempt++) answers.push(await ask('wrong', '198.51.100.1'))

  // A68
  assert.equal(answers[0]?.status, 401)
  const last = answers.at(-1)
  assert.equal(last?.status, 429)
  assert.ok(Number(last?.headers.get('retry-after')) > 0) // RFC 6585 4
  assert.equal((await ask(client.secret, '198.51.100.2')).status, 200)
})

test('guessed codes are slowed down, and the right one from another address is not', async (t) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '1' })
  const [client, user] = [await limited.client({ type: 'spa' }), await limited.user()]
  const code = await codeFor(limited, client, user)
  const ask = (guess: string, from: string) =>
    send(limited, '/api/oauth/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: guess,
        client_id: client.clientId,
        redirect_uri: client.redirectUris[0] ?? '',
        code_verifier: verifier,
      }),
      headers: { 'x-forwarded-for': from },
    })

  let last = await ask('wrong', '198.51.100.1')
  for (let guess = 0; guess < 100; guess++) last = await ask(`wrong${guess}`, '198.51.100.1')

  assert.equal(last.status, 429) // A41
  assert.equal((await ask(code, '198.51.100.2')).status, 200)
})
