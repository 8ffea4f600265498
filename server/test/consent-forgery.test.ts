import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams, password, type TestClient } from './harness.ts'
import { assertErrorPage, decide, errorAtCallback, send, sharedServer, signIn } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

const server = await sharedServer()

async function atConsent(client?: TestClient) {
  const asking = client ?? (await server.client())
  const user = await server.user()
  const visitor = server.visitor()
  const path = authorizePath(asking)
  return { client: asking, user, visitor, path, page: await signIn(visitor, path, user) }
}

async function assertNothingGranted(client: TestClient): Promise<void> {
  const { rows } = await server.db.query(
    `select 1 from consents where client_id = $1
      union all
     select 1 from token_families
       join consents on consents.id = consent_id
      where client_id = $1`,
    [client.id],
  )
  assert.equal(rows.length, 0)
}

const csrfOf = (page: Page) =>
  page.html.querySelector('form.consent [name="_csrf"]')?.getAttribute('value') ?? ''

const post = (visitor: Visitor, page: Page, fields: object, headers: Record<string, string> = {}) =>
  visitor.go(page.url, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve', ...fields }),
    headers,
  })

test('a yes without the form token, with a wrong one or twice the right one, is refused', async () => {
  const { client, visitor, page } = await atConsent()
  const token = csrfOf(page)
  const other = csrfOf((await atConsent()).page)

  for (const _csrf of [undefined, '', 'x', token.slice(1), other]) {
    const answer = await post(visitor, page, _csrf === undefined ? {} : { _csrf })

    assert.equal(answer.status, 403) // RFC 6749 10.12, A87
  }
  const body = `decision=approve&_csrf=${token}&_csrf=${token}`
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await visitor.go(page.url, { method: 'POST', body, headers })).status, 403)
  await assertNothingGranted(client)
})

for (const headers of [
  { origin: 'https://evil.test' },
  { origin: 'null' },
  { origin: 'http://localhost:1' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'null' },
] as Record<string, string>[]) {
  test(`a yes posted with ${JSON.stringify(headers)} is refused, its token right or not`, async () => {
    const { client, visitor, page } = await atConsent()

    const answer = await post(visitor, page, { _csrf: csrfOf(page) }, headers)

    assert.equal(answer.status, 403) // A87
    await assertNothingGranted(client)
  })
}

test('a yes from our own page is taken, as browsers send it', async () => {
  const { visitor, page } = await atConsent()

  const headers = { 'sec-fetch-site': 'same-origin', origin: 'null' }
  const shown = page.html.querySelector('[name="shown"]')?.getAttribute('value') ?? ''
  const answer = await post(visitor, page, { _csrf: csrfOf(page), shown }, headers)

  assert.ok(callbackParams(answer).code)
})

test('after a post the browser goes on by GET, so that nothing posted travels with it', async () => {
  const { client, user, visitor, page } = await atConsent()
  const fresh = server.visitor()
  const login = await fresh.go(authorizePath(client))
  const fields = (seen: Page, more: Record<string, string>) =>
    new URLSearchParams({
      _csrf: seen.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? '',
      ...more,
    })

  const signedIn = await fresh.fetch(login.url, {
    method: 'POST',
    body: fields(login, { email: user.email, password }),
  })
  const approved = await visitor.fetch(page.url, {
    method: 'POST',
    body: fields(page, { decision: 'approve' }),
  })

  // RFC 9700 4.12, A144
  assert.deepEqual([signedIn.status, approved.status], [303, 303])
})

test('looking at the page, however, grants nothing', async () => {
  const { client, visitor, page } = await atConsent()

  for (const method of ['GET', 'HEAD']) {
    await visitor.fetch(`${page.url}?decision=approve&_csrf=${csrfOf(page)}`, { method })
  }
  for (const method of ['PUT', 'DELETE', 'PATCH']) {
    const { status } = await visitor.fetch(page.url, { method })

    assert.ok(status === 405 || status === 403, `${method}: ${status}`) // A88
  }

  await assertNothingGranted(client)
})

test('a copied address shows nothing in another browser, not even who asks', async () => {
  const { client, visitor, page } = await atConsent()
  const stranger = server.visitor()
  const thief = (await atConsent()).visitor

  for (const other of [stranger, thief]) {
    const seen = await other.go(page.url)

    assertErrorPage(server, seen) // A90
    assert.ok(!seen.text.includes('Test App') && !seen.text.includes('app.example'))
  }
  assertErrorPage(server, await visitor.go('/auth/interaction/AAAAAAAAAAAAAAAAAAAAA/consent')) // A91
  await assertNothingGranted(client)
})

test('the cookie of one request opens no other', async () => {
  const [one, other] = [await atConsent(), await atConsent()]
  const cookie = await other.visitor.jar.getCookieString(other.page.url)

  const answer = await send(server, new URL(one.page.url).pathname, { headers: { cookie } })

  assert.equal(answer.status, 400) // A90
  assert.ok(!answer.body.includes('Test App'))
})

test('the address of a request cannot be guessed', async () => {
  const { page } = await atConsent()

  const uid = new URL(page.url).pathname.split('/').at(-2) ?? ''

  assert.ok(uid.length >= 22, uid) // A91: 128 bits in base64url
})

test('a yes sent a second time ends on a page and gives no second code', async () => {
  const { visitor, page } = await atConsent()
  const first = await decide(visitor, page, {})
  assert.ok(callbackParams(first).code)

  assertErrorPage(server, await decide(visitor, page, {})) // A92
  const { rows } = await server.db.query<{ count: number }>(
    'select count(*)::int as count from authorization_codes',
  )
  const before = rows[0]?.count
  assertErrorPage(server, await post(visitor, page, { _csrf: csrfOf(page) }))
  const after = await server.db.query<{ count: number }>(
    'select count(*)::int as count from authorization_codes',
  )
  assert.equal(after.rows[0]?.count, before)
})

test('going back to a finished page says so kindly', async () => {
  const { visitor, page } = await atConsent()
  await decide(visitor, page, {})

  const again = await visitor.go(page.url)

  assertErrorPage(server, again) // A92
  assert.match(again.text, /expired|finished/i)
})

test('a request that waited too long says so and can begin again', async () => {
  const { client, visitor, path, page } = await atConsent()
  await server.db.query(`update interactions set expires_at = now() - interval '1 second'`)

  for (const seen of [await visitor.go(page.url), await decide(visitor, page, {})]) {
    assertErrorPage(server, seen) // A93
  }
  await assertNothingGranted(client)
  assert.ok(callbackParams(await decide(visitor, await visitor.go(path), {})).code)
})

test('a yes is not given for another person who signed in meanwhile in the same browser', async () => {
  const { client, visitor, page } = await atConsent()
  const other = await server.user()
  const tab = await visitor.go(authorizePath(client, { prompt: 'login' }))
  await visitor.submit(tab, { email: other.email, password })

  const answer = await decide(visitor, page, {})

  // A94: nothing is granted; the request begins again for who is signed in now
  await assertNothingGranted(client)
  assert.ok(!callbackParams(answer).code)
  assert.ok(answer.text.includes(other.email) || answer.status >= 400, answer.text)
})

test('signing in again as the same person does not disturb a page that waits', async () => {
  const { client, user, visitor, page } = await atConsent()
  const tab = await visitor.go(authorizePath(client, { prompt: 'login' }))
  await visitor.submit(tab, { email: user.email, password })

  const answer = await decide(visitor, page, {})

  assert.ok(callbackParams(answer).code)
})

test('an app that was disabled meanwhile gets nothing', async () => {
  const { client, visitor, page } = await atConsent()
  await server.db.query('update clients set disabled_at = now() where id = $1', [client.id])

  assertErrorPage(server, await decide(visitor, page, {})) // A71
  await assertNothingGranted(client)
})

test('a scope that the app lost meanwhile is not granted', async () => {
  const { client, visitor, page } = await atConsent()
  await server.db.query(`update clients set scopes = '{IDENTITY}' where id = $1`, [client.id])

  const answer = await decide(visitor, page, {})

  assert.equal(errorAtCallback(server, answer).error, 'invalid_scope') // A89
  const { rows } = await server.db.query(
    `select 1 from consent_scopes
       join consents on consents.id = consent_id
      where client_id = $1 and scope = 'READ_GRAPH'`,
    [client.id],
  )
  assert.equal(rows.length, 0)
})

test('every page of a request forbids to be framed, and keeps its address to itself', async () => {
  const { visitor, page, path } = await atConsent()
  const login = await server.visitor().go(path)

  for (const seen of [login, page, await visitor.go('/auth/interaction/nothing/consent')]) {
    const policy = seen.headers.get('content-security-policy') ?? ''
    assert.match(policy, /frame-ancestors 'none'/) // RFC 6749 10.13, RFC 9700 4.16, A95
    assert.doesNotMatch(policy, /unsafe-inline/)
    assert.equal(seen.headers.get('x-frame-options'), 'DENY')
    assert.equal(seen.headers.get('referrer-policy'), 'no-referrer') // RFC 9700 4.2.4, A43
    assert.equal(seen.headers.get('cache-control'), 'no-store')
  }
})
