import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildWidget } from '../../widget/test/built-widget.ts'
import { rawRequest } from './raw-request.ts'
import { send, sharedServer } from './requests.ts'

buildWidget()
const server = await sharedServer()
const widget = join(import.meta.dirname, '../../widget')
const { version } = JSON.parse(readFileSync(join(widget, 'package.json'), 'utf8'))
const built = (name: string) => readFileSync(join(widget, 'dist/cdn', name), 'utf8')
const files = ['autogpt-signin.js', 'autogpt-signin.mjs']

for (const name of files) {
  test(`the newest ${name} is there for pages of every origin`, async () => {
    const { status, headers, body } = await get(`/widget/v1/${name}`)

    assert.equal(status, 200)
    assert.equal(body, built(name))
    assert.equal(headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
    assert.equal(headers.get('set-cookie'), null)
  })
}

test('the newest one is kept for minutes, an exact version for good', async () => {
  const newest = await get('/widget/v1/autogpt-signin.js')
  const exact = await get(`/widget/${version}/autogpt-signin.js`)

  assert.equal(newest.headers.get('cache-control'), 'public, max-age=300')
  assert.equal(exact.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(newest.headers.get('pragma'), null)
  assert.equal(exact.body, newest.body)
  assert.equal(exact.headers.get('access-control-allow-origin'), '*')
})

// Subresource Integrity, 3.2: the hash is of what the content codings hold.
// A182
test('the manifest has the address of the exact version, and the hash that pins it', async () => {
  const { status, headers, body } = await get('/widget/v1/manifest.json')

  assert.equal(status, 200)
  assert.equal(headers.get('access-control-allow-origin'), '*')
  assert.equal(headers.get('cache-control'), 'public, max-age=300')
  assert.equal(body.version, version)
  assert.deepEqual(Object.keys(body.files).sort(), files)
  for (const name of files) {
    const { url, integrity, bytes } = body.files[name]
    const script = await (await fetch(url)).text()
    assert.equal(url, `${server.url}/widget/${version}/${name}`)
    assert.equal(integrity, `sha384-${createHash('sha384').update(script).digest('base64')}`)
    assert.equal(bytes, Buffer.byteLength(script))
  }
})

test('it travels as small as the browser can read it', async () => {
  const tags = new Set()
  for (const [accepted, encoding] of [
    ['gzip, br', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ]) {
    const sent = { 'accept-encoding': accepted ?? '' }

    const { headers, body } = await get('/widget/v1/autogpt-signin.js', sent)

    assert.equal(headers.get('content-encoding'), encoding)
    assert.equal(headers.get('vary'), 'Accept-Encoding')
    assert.equal(body, built('autogpt-signin.js'))
    tags.add(headers.get('etag'))
  }
  // RFC 9110 8.8.3.3
  assert.equal(tags.size, 3)
})

test('who has it already is told so', async () => {
  const path = '/widget/v1/autogpt-signin.js'
  const { headers } = await get(path, { 'accept-encoding': 'br' })

  // Not by fetch, which then asks for a fresh one.
  const again = await rawRequest(server, {
    path,
    headers: { 'if-none-match': headers.get('etag') ?? '', 'accept-encoding': 'br' },
  })

  assert.equal(again.status, 304)
  assert.equal(again.text, '')
  assert.equal(again.headers['access-control-allow-origin'], '*')
})

test('the script defines the element by itself, the module hands it out as well', () => {
  assert.doesNotMatch(built('autogpt-signin.js'), /\bexport\s*\{|\bimport\b[\s{"']/)
  assert.match(built('autogpt-signin.mjs'), /export\{[^}]*as AutoGPTSignIn\b/)
  for (const name of files) {
    assert.match(built(name), /customElements\.define\("autogpt-signin"/)
    assert.match(built(name), new RegExp(`${RegExp.escape(name)}\\.LEGAL\\.txt`))
  }
})

test('the licences of what is inside are beside it', async () => {
  const { status, headers, body } = await get('/widget/v1/autogpt-signin.js.LEGAL.txt')

  assert.equal(status, 200)
  assert.equal(headers.get('content-type'), 'text/plain; charset=utf-8')
  assert.match(body, /Copyright 2017 Google LLC/)
})

test('another version, or another file, is not there', async () => {
  for (const path of [
    '/widget/v2/autogpt-signin.js',
    '/widget/0.0.1/autogpt-signin.js',
    '/widget/v2/manifest.json',
    '/widget/v1/autogpt-signin.js.br',
    '/widget/v1/..%2F..%2Fpackage.json',
    '/widget/v1/constructor',
    '/widget/v1/',
  ]) {
    const { status, headers } = await get(path)
    assert.equal(status, 404, path)
    assert.equal(headers.get('cache-control'), 'no-store', path)
  }
})

function get(path: string, headers: Record<string, string> = {}) {
  return send(server, path, { headers })
}
