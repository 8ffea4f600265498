import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import {
  introspect,
  password,
  refresh,
  type TestClient,
  type TestUser,
  tokensFor,
} from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const path = '/account/apps'
const scope = 'openid profile email IDENTITY READ_GRAPH RUN_AGENT'

async function signedIn(user: TestUser) {
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return visitor
}

async function connected(fields: object = {}) {
  const client = await server.client({ name: 'Notebook', ...fields })
  const user = await server.user()
  const answer = await tokensFor(server, client, user, { scope })
  const tokens = { access: String(answer.access_token), refresh: String(answer.refresh_token) }
  const visitor = await signedIn(user)
  return { client, user, tokens, visitor, page: await visitor.go(path) }
}

const formOf = (client: TestClient) => `form:has(input[value="${client.clientId}"])`

const call = async (url: string, token: string) =>
  (await send(server, `/external-api${url}`, { headers: bearer(token) })).status

test('an app is shown with what it may, since when, and when it was used', async () => {
  const { client, page } = await connected()

  const boxes = page.html.querySelectorAll('input[name="scope"]')
  assert.deepEqual(
    new Set(boxes.map((box) => box.getAttribute('value'))),
    new Set(scope.split(' ')),
  )
  assert.ok(boxes.every((box) => box.getAttribute('checked') !== undefined))
  assert.equal(page.html.querySelector('h2')?.text.trim(), 'Notebook')
  assert.match(page.text, /Run your agents\. Runs spend your credits\./)
  assert.match(page.text, /Connected <time/)
  assert.match(page.text, /No calls yet/)
  assert.ok(page.html.querySelector(`input[name="client_id"][value="${client.clientId}"]`))
})

test('who one is stands first, and the rest in the order of the consent page', async () => {
  const { page } = await connected()

  const boxes = page.html.querySelectorAll('input[name="scope"]')
  const order = boxes.map((box) => box.getAttribute('value'))
  assert.deepEqual(order, ['openid', 'profile', 'email', 'IDENTITY', 'READ_GRAPH', 'RUN_AGENT'])
})

test('removing asks first, on the page itself; keeping less does not', async () => {
  const { page } = await connected({ name: 'Note<b>book' })

  const asking = page.html.querySelector('details')
  assert.equal(asking?.getAttribute('open'), undefined)
  const remove = asking?.querySelector('button[name="action"][value="remove"]')
  const question = asking?.querySelector(`[id="${remove?.getAttribute('aria-describedby')}"]`)
  assert.match(question?.innerHTML ?? '', /Remove Note&lt;b&gt;book\?/)
  assert.equal(page.html.querySelectorAll('button[value="remove"]').length, 1)
  assert.equal(page.html.querySelector('details button[value="narrow"]'), null)
})

test('when an app and its permissions were used last stands on the page', async () => {
  const { user, visitor } = await connected()
  await server.db.query(
    `update consents set last_used_at = '2026-03-04T12:00:00Z' where account_id = $1`,
    [user.id],
  )
  await server.db.query(
    `update consent_scopes set last_used_at = '2026-02-01T23:30:00-02:00'
      where scope = 'READ_GRAPH'
        and consent_id = (select id from consents where account_id = $1)`,
    [user.id],
  )

  const { text } = await visitor.go(path)

  assert.match(text, /Last used <time datetime="2026-03-04T12:00:00.000Z">Mar 4, 2026/)
  assert.match(text, /earlier versions\. <span class="hint">Last used <time [^>]*>Feb 2, 2026/)
  assert.match(text, /credits\. <span class="hint">No calls yet/)
})

test('a narrowed app loses what was unticked at once, with every token that it has', async () => {
  const { client, user, tokens, visitor, page } = await connected()
  const { access, refresh: refreshToken } = tokens
  assert.equal(await call('/v2/graphs', access), 200)

  const kept = ['openid', 'profile', 'email', 'IDENTITY']
  const after = await visitor.submit(page, { scope: kept, action: 'narrow' })

  assert.equal(after.url, `${server.url}${path}?saved=narrowed`)
  assert.match(after.text, /keeps only what is ticked/)
  assert.equal(after.html.querySelector('input[value="RUN_AGENT"]'), null)
  assert.equal(await call('/v2/graphs', access), 403)
  assert.equal(await call('/v2/me', access), 200)
  const { body } = await introspect(server, client, access)
  assert.equal(body.scope.split(' ').includes('READ_GRAPH'), false)
  const next = await refresh(server, client, refreshToken)
  assert.deepEqual(next.body.scope.split(' ').sort(), [...kept].sort())
  const [event] = await listEvents(server.db, {
    limit: 1,
    account: user.id,
    kind: 'consent.narrowed',
  })
  assert.deepEqual(event?.details, { scopes: ['READ_GRAPH', 'RUN_AGENT'] })
})

// A101
test('a removed app has nothing left, and asks again the next time', async () => {
  const { client, user, tokens, visitor, page } = await connected()

  const after = await visitor.submit(page, { action: 'remove' }, { form: formOf(client) })

  assert.equal(after.url, `${server.url}${path}?saved=removed`)
  assert.match(after.text, /No app is connected/)
  assert.equal(await call('/v2/me', tokens.access), 401)
  assert.equal((await introspect(server, client, tokens.access)).body.active, false)
  assert.equal((await refresh(server, client, tokens.refresh)).body.error, 'invalid_grant')
  const events = await listEvents(server.db, {
    limit: 5,
    account: user.id,
    kind: 'consent.removed',
  })
  assert.equal(events.length, 1)
})

test('nothing ticked is the same as removed', async () => {
  const { client, visitor, page, tokens } = await connected()

  const after = await visitor.submit(
    page,
    { scope: [], action: 'narrow' },
    { form: formOf(client) },
  )

  assert.equal(after.url, `${server.url}${path}?saved=removed`)
  assert.equal(await call('/v2/me', tokens.access), 401)
})

test('where none of what is kept is the app’s, it is removed, and that is said', async () => {
  const { client, user, visitor, page, tokens } = await connected()

  const fields = { scope: ['WRITE_FILES', 'nonsense', '\0'], action: 'narrow' }
  const after = await visitor.submit(page, fields, { form: formOf(client) })

  assert.equal(after.url, `${server.url}${path}?saved=removed`)
  assert.match(after.text, /The app is removed/)
  assert.equal(await call('/v2/me', tokens.access), 401)
  const events = await listEvents(server.db, { limit: 1, account: user.id })
  assert.equal(events[0]?.kind, 'consent.removed')
  assert.deepEqual(events[0]?.details, { scopes: scope.split(' ').sort() })
})

test('nobody gives an app more here', async () => {
  const { client, visitor, page, tokens } = await connected()

  const scopes = ['IDENTITY', 'WRITE_FILES', 'nonsense', '\0']
  await visitor.submit(page, { scope: scopes, action: 'narrow' }, { form: formOf(client) })

  const { body } = await introspect(server, client, tokens.access)
  assert.equal(body.scope, 'IDENTITY')
})

// A158
test('an app of somebody else, or of nobody, is not there', async () => {
  const mine = await connected()
  const theirs = await connected()

  for (const id of [mine.client.clientId, 'agpt_client_none', '\0', '']) {
    const { status } = await theirs.visitor.submit(theirs.page, { client_id: id, action: 'remove' })
    assert.equal(status, 404, id)
  }
  assert.equal(await call('/v2/me', mine.tokens.access), 200)
})

test('a form without a choice, or without our token, changes nothing', async () => {
  const { client, visitor, page, tokens } = await connected()

  const undecided = await visitor.submit(page, { scope: [] }, { form: formOf(client) })
  const body = new URLSearchParams({ client_id: client.clientId, action: 'remove' })
  const forged = await visitor.go(path, { method: 'POST', body, headers: { origin: server.url } })
  const foreign = await visitor.fetch(path, {
    method: 'POST',
    body,
    headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  })

  assert.equal(undecided.status, 400)
  assert.equal(forged.status, 403) // A87
  assert.equal(foreign.status, 403)
  assert.equal(await call('/v2/me', tokens.access), 200)
  assert.equal((await server.visitor().go(path)).url, `${server.url}/to/apps/login`)
})

test('two at the same time leave what both left', async () => {
  const { client, visitor, page, tokens } = await connected()
  const keep = (scopes: string[]) =>
    visitor.submit(page, { scope: scopes, action: 'narrow' }, { form: formOf(client) })

  await Promise.all([keep(['IDENTITY', 'READ_GRAPH']), keep(['IDENTITY', 'RUN_AGENT'])])

  const { body } = await introspect(server, client, tokens.access)
  assert.equal(body.scope, 'IDENTITY')
})
