import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import type { Context } from 'koa'
import { bodyLimit, readForm, readJson } from './body.ts'
import { serve } from './testing.ts'

const form = 'application/x-www-form-urlencoded'

const echo = async (ctx: Context) => {
  ctx.body =
    ctx.path === '/api/json'
      ? { value: await readJson(ctx) }
      : [...(await readForm(ctx)), ...(await readForm(ctx))].join('|')
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, type: string, headers = {}) =>
  fetch(url, { method: 'POST', body, headers: { 'content-type': type, ...headers } })

test('a form is read once and may be asked for again', async (t) => {
  const { origin } = await serve(t, echo)

  const response = await post(origin, 'a=1&b=%C3%BC', `${form};charset=UTF-8`)

  assert.equal(await response.text(), 'a,1|b,ü|a,1|b,ü')
})

test('a form without a body has no fields', async (t) => {
  const { origin } = await serve(t, echo)

  const response = await fetch(origin, { method: 'POST' })

  assert.equal(response.status, 200)
})

test('field names that aim at prototypes are plain names (A156)', async (t) => {
  const { origin } = await serve(t, echo)

  const response = await post(origin, '__proto__=1&a[__proto__][admin]=1&constructor=1', form)

  assert.equal(response.status, 200)
  assert.equal(({} as Record<string, unknown>).admin, undefined)
})

test('another media type is refused with 415', async (t) => {
  const { origin } = await serve(t, echo)

  assert.equal((await post(origin, '{}', 'application/json')).status, 415)
  assert.equal((await post(origin, 'a=1', 'text/plain')).status, 415)
  assert.equal((await post(`${origin}/api/json`, 'a=1', form)).status, 415)
  assert.equal((await post(origin, 'a=1', form, { 'content-encoding': 'gzip' })).status, 415)
})

test('text that is not UTF-8 is refused', async (t) => {
  const { origin } = await serve(t, echo)

  const response = await post(
    `${origin}/api/json`,
    new Uint8Array([0x22, 0xff, 0x22]),
    'application/json',
  )

  assert.equal(response.status, 400)
})

test('a body of exactly the limit passes, one byte more is 413 (A146)', async (t) => {
  const { origin } = await serve(t, echo)

  assert.equal((await post(origin, 'a'.repeat(bodyLimit), form)).status, 200)
  assert.equal((await post(origin, 'a'.repeat(bodyLimit + 1), form)).status, 413)
})

test('an endless chunked body is cut at the limit and the connection closed (A146)', async (t) => {
  const { port } = await serve(t, echo)
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  let received = ''
  let written = 0
  socket.on('data', (data) => {
    received += data
  })
  const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${form}\r\nTransfer-Encoding: chunked\r\n\r\n`

  socket.write(head)
  const pump = setInterval(() => {
    written += chunk.length
    socket.write(chunk)
  }, 1)
  await new Promise((resolve) => socket.once('close', resolve))
  clearInterval(pump)

  assert.match(received, /^HTTP\/1\.1 413 /)
  assert.match(received, /connection: close/i)
  assert.ok(written < 10_000_000)
})

test('JSON is parsed, whatever its depth within reason', async (t) => {
  const { origin } = await serve(t, echo)
  const value = { a: [1, -2.5e3, true, null, 'x"\\,:{}[]'], b: { a: { '': '\u2028' } } }

  const response = await post(`${origin}/api/json`, JSON.stringify(value), 'application/json')

  assert.deepEqual(await response.json(), { value })
})

const hostile = {
  'nested 10,000 deep': '['.repeat(10_000) + ']'.repeat(10_000),
  'nested deeper than any document of ours': `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`,
  'not closed': '{"a":"',
  empty: '',
  'a byte order mark': '\uFEFF{}',
  'a number beyond a double': '{"a":1e400}',
  'a key given twice': '{"a":1,"b":{"a":2},"a":3}',
  'a key given twice, once escaped': '{"a":1,"\\u0061":2}',
  'a __proto__ key': '{"__proto__":{"admin":true}}',
  'an escaped __proto__': '{"\\u005f_proto__":{"admin":true}}',
  'constructor.prototype': '{"constructor":{"prototype":{"admin":true}}}',
}

for (const [what, body] of Object.entries(hostile)) {
  test(`JSON is refused quickly: ${what} (A147, A156)`, async (t) => {
    const { origin } = await serve(t, echo)
    const before = process.cpuUsage()

    const response = await post(`${origin}/api/json`, body, 'application/json')

    assert.equal(response.status, 400)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.ok(process.cpuUsage(before).user < 200_000)
    assert.equal(({} as Record<string, unknown>).admin, undefined)
  })
}
