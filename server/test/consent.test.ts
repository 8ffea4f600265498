import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import {
  authorizePath,
  callbackParams,
  codeFor,
  exchange,
  introspect,
  refresh,
  signInAndApprove,
  type TestClient,
  tokensFor,
} from './harness.ts'
import { Inbox } from './inbox.ts'
import { decide, errorAtCallback, sharedServer, signIn } from './requests.ts'
import type { Page } from './visitor.ts'

const server = await sharedServer()

const scope = 'openid IDENTITY READ_GRAPH RUN_AGENT'

async function atConsent({ optionalScopes = ['RUN_AGENT', 'READ_GRAPH'] } = {}) {
  const [client, user] = [await server.client({ optionalScopes }), await server.user()]
  const visitor = server.visitor()
  const path = authorizePath(client, { scope })
  return { client, user, visitor, path, page: await signIn(visitor, path, user) }
}

const isConsent = (page: Page) => page.html.querySelector('form.consent') !== null

/** The scopes that the page asks for: those with a box, and how many lines without. */
function asked(page: Page) {
  const boxes = page.html.querySelectorAll('input[name="scope"]')
  const lines = page.html.querySelectorAll('li.scope:not(.choice)')
  return { boxes: boxes.map((box) => box.getAttribute('value')).sort(), lines: lines.length }
}

/** What the app got in the end. */
async function granted(client: TestClient, page: Page): Promise<string> {
  const { code } = callbackParams(page)
  assert.ok(code, `no code at ${page.url} (${page.status})`)
  return (await exchange(server, client, code)).body.scope
}

test('only what was ticked is granted, and the rest of the request as a whole', async () => {
  const { client, visitor, page } = await atConsent()

  assert.deepEqual(asked(page), { boxes: ['READ_GRAPH', 'RUN_AGENT'], lines: 1 })
  const answer = await decide(visitor, page, { scope: 'READ_GRAPH' })

  assert.equal(await granted(client, answer), 'openid IDENTITY READ_GRAPH') // RFC 6749 3.3, A89
})

test('what spends or deletes comes first, however the app asks', async () => {
  const optionalScopes = ['READ_GRAPH', 'WRITE_GRAPH', 'RUN_AGENT', 'READ_RUN', 'READ_SCHEDULE']
  const fields = { scopes: optionalScopes, optionalScopes }
  const [client, user] = [await server.client(fields), await server.user()]
  const path = authorizePath(client, { scope: `openid ${optionalScopes.join(' ')}` })

  const page = await signIn(server.visitor(), path, user)

  const boxes = page.html.querySelectorAll('input[name="scope"]')
  assert.deepEqual(
    boxes.map((box) => box.getAttribute('value')),
    ['WRITE_GRAPH', 'READ_GRAPH', 'RUN_AGENT', 'READ_RUN', 'READ_SCHEDULE'],
  )
})

test('boxes are ticked at first, and a form sent as it is grants all', async () => {
  const { client, visitor, page } = await atConsent()

  const answer = await decide(visitor, page, {})

  assert.equal(await granted(client, answer), scope)
})

test('with every box unticked the rest is granted', async () => {
  const { client, visitor, page } = await atConsent()

  const answer = await decide(visitor, page, { scope: [] })

  assert.equal(await granted(client, answer), 'openid IDENTITY')
})

async function atOptionalOnly(asking: object = {}) {
  const optionalScopes = ['RUN_AGENT', 'READ_GRAPH']
  const [client, user] = [await server.client({ optionalScopes }), await server.user()]
  const visitor = server.visitor()
  const path = authorizePath(client, { scope: 'RUN_AGENT', ...asking })
  return { client, user, visitor, page: await signIn(visitor, path, user) }
}

const consentsTo = async (client: TestClient) =>
  (await server.db.query('select 1 from consents where client_id = $1', [client.id])).rows.length

test('with nothing left of the request a yes is a denial, and nothing is stored', async () => {
  const { client, user, visitor, page } = await atOptionalOnly()

  const answer = await decide(visitor, page, { scope: [] })

  assert.equal(errorAtCallback(server, answer).error, 'access_denied') // RFC 6749 4.1.2.1
  assert.equal(await consentsTo(client), 0)
  const [event] = await listEvents(server.db, { limit: 1, account: user.id, client: client.id })
  assert.equal(event?.kind, 'consent.denied')
  assert.ok(await new Inbox(server, user.email).isEmpty())
})

test('with nothing left of the request what was allowed before stays, but for what was unticked', async () => {
  const { client, user, visitor, page } = await atOptionalOnly({ scope: 'IDENTITY' })
  await decide(visitor, page, {})
  const ask = (params: object) =>
    visitor.go(authorizePath(client, { scope: 'RUN_AGENT READ_GRAPH', ...params }))

  const denied = await decide(visitor, await ask({}), { scope: [] })
  const some = await decide(visitor, await ask({}), { scope: ['RUN_AGENT'] })
  const rest = await decide(visitor, await ask({}), { scope: [] })

  assert.equal(errorAtCallback(server, denied).error, 'access_denied')
  assert.equal(await granted(client, some), 'RUN_AGENT')
  assert.equal(await granted(client, rest), 'RUN_AGENT')
  const again = await decide(visitor, await ask({ prompt: 'consent' }), { scope: [] })
  assert.equal(errorAtCallback(server, again).error, 'access_denied')
  const identity = await visitor.go(authorizePath(client, { scope: 'IDENTITY' }))
  assert.equal(await granted(client, identity), 'IDENTITY')
  const [event] = await listEvents(server.db, {
    limit: 1,
    account: user.id,
    kind: 'consent.narrowed',
  })
  assert.deepEqual(event?.details, { scopes: ['RUN_AGENT'] })
})

test('asked again for all it has, an app of which nothing stays ticked is removed', async () => {
  const { client, user, visitor, page } = await atOptionalOnly()
  await decide(visitor, page, {})
  const tokens = await tokensFor(server, client, user, { scope: 'RUN_AGENT' })
  const path = authorizePath(client, { scope: 'RUN_AGENT', prompt: 'consent' })

  const answer = await decide(visitor, await visitor.go(path), { scope: [] })

  assert.equal(errorAtCallback(server, answer).error, 'access_denied')
  assert.equal(await consentsTo(client), 0)
  const gone = await introspect(server, client, tokens.access_token ?? '')
  assert.deepEqual(gone.body, { active: false })
  const [event] = await listEvents(server.db, {
    limit: 1,
    account: user.id,
    kind: 'consent.removed',
  })
  assert.deepEqual(event?.details, { scopes: ['RUN_AGENT'] })
})

test('a form that claims more than it showed gets no more', async () => {
  const { client, visitor, page } = await atConsent({ optionalScopes: ['RUN_AGENT'] })

  const answer = await decide(visitor, page, {
    scope: ['RUN_AGENT', 'WRITE_GRAPH', 'admin', 'RUN_AGENT', 'offline_access', '__proto__', ''],
    'scope[__proto__]': 'admin',
    resource: 'https://evil.test',
    client_id: 'agpt_client_other',
    account_id: '1',
  })

  assert.equal(await granted(client, answer), scope) // A89
  const { rows } = await server.db.query<{ scopes: string[] }>(
    `select array_agg(scope order by scope) as scopes
       from consent_scopes
       join consents on consents.id = consent_id
      where client_id = $1`,
    [client.id],
  )
  assert.deepEqual(rows[0]?.scopes, ['IDENTITY', 'READ_GRAPH', 'RUN_AGENT', 'openid'])
})

test('what has no box cannot be left out', async () => {
  const { client, visitor, page } = await atConsent({ optionalScopes: ['RUN_AGENT'] })

  const answer = await decide(visitor, page, { scope: 'RUN_AGENT' })

  assert.equal(await granted(client, answer), scope) // A89
})

for (const [what, fields] of [
  ['no decision', { decision: '' }],
  ['another word', { decision: 'yes' }],
  ['deny', { decision: 'deny' }],
] as const) {
  test(`${what} is a denial: back to the app with access_denied, and nothing is granted`, async () => {
    const { client, visitor, page } = await atConsent()

    const answer = await decide(visitor, page, fields)

    assert.equal(errorAtCallback(server, answer).error, 'access_denied') // RFC 6749 4.1.2.1
    const { rows } = await server.db.query('select 1 from consents where client_id = $1', [
      client.id,
    ])
    assert.equal(rows.length, 0)
  })
}

test('what is granted is not asked again, in this browser or another', async () => {
  const { client, user, visitor, path, page } = await atConsent()
  await decide(visitor, page, {})

  assert.ok(callbackParams(await visitor.go(path)).code)
  assert.ok(callbackParams(await signIn(server.visitor(), path, user)).code)
  const fewer = authorizePath(client, { scope: 'IDENTITY' })
  assert.ok(callbackParams(await visitor.go(fewer)).code)
})

test('only what is missing is asked, and what was granted before stays', async () => {
  const { client, visitor } = await atConsent()
  const first = await visitor.go(authorizePath(client, { scope: 'openid IDENTITY READ_GRAPH' }))
  await decide(visitor, first, {})

  const second = await visitor.go(authorizePath(client, { scope }))

  assert.deepEqual(asked(second), { boxes: ['RUN_AGENT'], lines: 0 })
  assert.equal(await granted(client, await decide(visitor, second, {})), scope)
})

test('what was unticked stays missing, and the next request for it asks', async () => {
  const { client, visitor, path, page } = await atConsent()
  await decide(visitor, page, { scope: 'READ_GRAPH' })

  const again = await visitor.go(path)

  assert.deepEqual(asked(again), { boxes: ['RUN_AGENT'], lines: 0 })
  const answer = await decide(visitor, again, { scope: [] })
  assert.equal(await granted(client, answer), 'openid IDENTITY READ_GRAPH')
})

test('prompt=consent asks for everything again, and unticking takes it out of living tokens', async () => {
  const { client, user, visitor, page } = await atConsent()
  await decide(visitor, page, {})
  const tokens = await tokensFor(server, client, user, { scope })
  const path = authorizePath(client, { scope, prompt: 'consent' })

  const again = await visitor.go(path)
  assert.deepEqual(asked(again), { boxes: ['READ_GRAPH', 'RUN_AGENT'], lines: 1 })
  const answer = await decide(visitor, again, { scope: 'READ_GRAPH' })

  const narrowed = 'openid IDENTITY READ_GRAPH'
  assert.equal(await granted(client, answer), narrowed)
  const old = await introspect(server, client, tokens.access_token ?? '')
  assert.equal(old.body.scope, narrowed)
  assert.equal((await refresh(server, client, tokens.refresh_token ?? '')).body.scope, narrowed)
})

test('a denial of prompt=consent leaves what was granted as it was', async () => {
  const { client, visitor, path, page } = await atConsent()
  await decide(visitor, page, {})
  const again = await visitor.go(authorizePath(client, { scope, prompt: 'consent' }))

  const denied = await decide(visitor, again, { decision: 'deny' })

  assert.equal(errorAtCallback(server, denied).error, 'access_denied')
  assert.equal(await granted(client, await visitor.go(path)), scope)
})

test('offline_access is granted with prompt=consent and left out without', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const asking = { scope: 'openid offline_access IDENTITY' }

  const without = await tokensFor(server, client, user, asking)
  const withPrompt = await tokensFor(server, client, user, { ...asking, prompt: 'consent' })

  // OIDC Core 11, A61 as the contract has it: a refresh token comes either way
  assert.equal(without.scope, 'openid IDENTITY')
  assert.ok(withPrompt.scope?.split(' ').includes('offline_access'))
  assert.ok(without.refresh_token && withPrompt.refresh_token)
})

test('an app of type native is not asked about again either', async () => {
  const [client, user] = [await server.client({ type: 'native' }), await server.user()]
  const visitor = server.visitor()
  await signInAndApprove(visitor, authorizePath(client), user)

  assert.ok(callbackParams(await visitor.go(authorizePath(client))).code)
})

test('an app that nobody approved says so, one that was approved does not', async () => {
  const user = await server.user()
  for (const approvedAt of [null, new Date()]) {
    const client = await server.client({ approvedAt })

    const page = await signIn(server.visitor(), authorizePath(client), user)

    assert.equal(page.html.querySelector('.notice.warning') !== null, approvedAt === null) // A96
  }
})

test('the page says who asks, where the answer goes and who is asked', async () => {
  const { user, page } = await atConsent()

  const text = page.html.querySelector('main')?.text ?? ''
  for (const part of ['Test App', 'app.example', user.email, 'Ada Lovelace']) {
    assert.ok(text.includes(part), part) // A97, RFC 9700 4.16
  }
  assert.ok(isConsent(page))
})

test('the consent of one person is not that of another', async () => {
  const [client, one, other] = [await server.client(), await server.user(), await server.user()]
  await codeFor(server, client, one)

  assert.ok(isConsent(await signIn(server.visitor(), authorizePath(client), other)))
})
