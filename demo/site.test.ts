import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { demoSite } from './site.ts'

const issuer = 'http://localhost:4000'

async function serve(t: TestContext): Promise<string> {
  const server = createServer(demoSite({ issuer, clientId: 'agpt_client_demo' }).callback())
  t.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('the demo site tells its script where the authorization server is, and nobody keeps it', async (t) => {
  const origin = await serve(t)

  const response = await fetch(`${origin}/config.json`)

  assert.deepEqual(await response.json(), { issuer, client_id: 'agpt_client_demo' })
  assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('every file of the demo site comes with its type', async (t) => {
  const origin = await serve(t)
  const types = {
    '/': 'text/html',
    '/callback?code=c&state=s': 'text/html',
    '/app.js': 'text/javascript',
    '/button': 'text/html',
    '/button.js': 'text/javascript',
    '/button.css': 'text/css',
    '/notebook.js': 'text/javascript',
    '/sign-in.js': 'text/javascript',
    '/oauth4webapi.js': 'text/javascript',
    '/style.css': 'text/css',
    '/parts.css': 'text/css',
    '/sections.css': 'text/css',
    '/notebook.svg': 'image/svg+xml',
    '/autogpt.svg': 'image/svg+xml',
  }

  for (const [path, type] of Object.entries(types)) {
    const response = await fetch(origin + path)

    assert.equal(response.status, 200, path)
    assert.equal(response.headers.get('content-type')?.split(';')[0], type)
  }
})

test('every file that a page names is served', async (t) => {
  const origin = await serve(t)

  for (const path of ['/', '/button']) {
    const page = await (await fetch(origin + path)).text()
    const named = [...page.matchAll(/(?<=(?:href|src)=")\/[^"#]*/g)].map(([file]) => file)

    assert.ok(named.length > 5)
    for (const file of named) assert.equal((await fetch(origin + file)).status, 200, file)
  }
})

test('each step leads to the function that does it', async (t) => {
  const origin = await serve(t)
  const page = await (await fetch(origin)).text()
  const source = await (await fetch(`${origin}/how-it-works`)).text()

  const steps = [...page.matchAll(/(?<="\/how-it-works#)\w+/g)].map(([name]) => name)

  assert.equal(steps.length, 4)
  for (const name of steps) assert.ok(source.includes(`<span id="${name}">`), name)
})

// A95, A186: also on answers that are no page.
test('the demo site runs its own scripts only and may not be framed', async (t) => {
  const origin = await serve(t)

  for (const path of [
    '/',
    '/callback',
    '/how-it-works',
    '/config.json',
    '/oauth4webapi.js',
    '/nothing',
  ]) {
    const { headers } = await fetch(origin + path)

    const policy = String(headers.get('content-security-policy')).split('; ')
    assert.ok(policy.includes("default-src 'none'"), path)
    assert.ok(policy.includes("script-src 'self'"), path)
    assert.ok(policy.includes(`connect-src 'self' ${issuer}`), path)
    assert.ok(policy.includes("frame-ancestors 'none'"), path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('referrer-policy'), 'no-referrer')
  }
})

test('the page of the button runs one script more: the button', async (t) => {
  const { headers } = await fetch(`${await serve(t)}/button`)

  const policy = String(headers.get('content-security-policy')).split('; ')
  assert.ok(policy.includes("default-src 'none'"))
  assert.ok(policy.includes(`script-src 'self' ${issuer}/widget/`))
  assert.ok(policy.includes("style-src 'self'"))
  assert.equal(headers.get('cross-origin-opener-policy'), 'same-origin-allow-popups')
  assert.equal(headers.get('referrer-policy'), 'no-referrer')
})

test('no page has a script, style or handler written into it', async (t) => {
  const origin = await serve(t)

  for (const path of ['/', '/button']) {
    const page = await (await fetch(origin + path)).text()
    assert.doesNotMatch(page, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/i, path)
  }
})

test('what the demo site does not have is 404, and nothing but reading is possible', async (t) => {
  const origin = await serve(t)

  assert.equal((await fetch(`${origin}/site.ts`)).status, 404)
  assert.equal((await fetch(`${origin}/constructor`)).status, 404)
  assert.equal((await fetch(`${origin}/public/../site.ts`)).status, 404)
  assert.equal((await fetch(origin, { method: 'POST' })).status, 405)
})
