import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'koa'
import { found, Problem } from './problem.ts'
import { serve } from './testing.ts'

const secretDetail = 'select password_hash from accounts at /srv/db/accounts.ts:12'

class DatabaseUnavailable extends Error {
  override name = 'DatabaseUnavailable'
}

const routes = (ctx: Context) => {
  ctx.state.requestId = 'request-7'
  const last = ctx.path.split('/').at(-1)
  if (last === 'bug') throw new Error(secretDetail)
  if (last === 'outage') throw new DatabaseUnavailable(secretDetail)
  if (last === 'missing') found(undefined, 'app')
  if (last === 'expired') throw new Problem(400, 'request-expired', 'The request has ended.')
  if (last === 'status') ctx.status = 405
  if (last === 'thrown') ctx.throw(418, secretDetail)
  if (last === 'field') {
    const errors = [{ field: 'name', message: 'is missing' }]
    throw new Problem(400, 'invalid-app', '<b>no</b>', { errors, headers: { 'X-Why': 'name' } })
  }
}

const page = { accept: 'text/html' }

test('an API answers a problem document with its field errors (RFC 9457 3.1)', async (t) => {
  const { origin } = await serve(t, routes)

  const response = await fetch(`${origin}/api/field`, { headers: page })

  assert.equal(response.status, 400)
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  assert.equal(response.headers.get('x-why'), 'name')
  assert.deepEqual(await response.json(), {
    type: 'urn:autogpt-sso:problem:invalid-app',
    title: 'Bad Request',
    status: 400,
    detail: '<b>no</b>',
    request_id: 'request-7',
    errors: [{ field: 'name', message: 'is missing' }],
  })
})

test('a person gets a page with the message escaped and the request number', async (t) => {
  const { origin } = await serve(t, routes)

  const response = await fetch(`${origin}/field`, { headers: page })
  const text = await response.text()

  assert.equal(response.status, 400)
  assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.match(text, /&lt;b&gt;no&lt;\/b&gt;/)
  assert.match(text, /request-7/)
})

test('a known problem is told in the reader’s language', async (t) => {
  const { origin } = await serve(t, routes)

  const response = await fetch(`${origin}/expired`, {
    headers: { ...page, 'accept-language': 'de' },
  })

  assert.match(await response.text(), /<html lang="de">.*Dieser Vorgang ist beendet/s)
})

for (const path of ['/bug', '/api/bug', '/thrown', '/outage']) {
  test(`${path}: what went wrong inside is logged and never shown (A130)`, async (t) => {
    const { origin } = await serve(t, routes)

    const response = await fetch(origin + path, { headers: page })

    assert.doesNotMatch(await response.text(), /select|accounts\.ts|password_hash/)
  })
}

test('a bug is 500 and logged under its request number', async (t) => {
  const { origin, logged } = await serve(t, routes)

  const response = await fetch(`${origin}/api/bug`)

  assert.equal(response.status, 500)
  assert.equal((await response.json()).request_id, 'request-7')
  assert.equal((logged[0] as { requestId: string }).requestId, 'request-7')
})

test('a database that is away is 503 with Retry-After', async (t) => {
  const { origin } = await serve(t, routes)

  const response = await fetch(`${origin}/outage`, { headers: page })

  assert.equal(response.status, 503)
  assert.equal(response.headers.get('retry-after'), '2')
})

test('an address without a page, and a method without a route, get a page too', async (t) => {
  const { origin } = await serve(t, routes)

  const missing = await fetch(`${origin}/nowhere`, { headers: page })
  const method = await fetch(`${origin}/status`, { headers: page })

  assert.equal(missing.status, 404)
  assert.match(await missing.text(), /Page not found/)
  assert.equal(method.status, 405)
  assert.match(await method.text(), /Not possible this way/)
})

test('what is not found is 404 and named', async (t) => {
  const { origin } = await serve(t, routes)

  const response = await fetch(`${origin}/api/missing`)

  assert.equal(response.status, 404)
  assert.equal((await response.json()).detail, 'There is no such app.')
})
