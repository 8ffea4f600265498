import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { findAccount } from '#db/accounts.ts'
import { findConsentOf } from '#db/consents.ts'
import { apiKeyFor } from './gateway.ts'
import { password, type TestClient, type TestUser, tokensFor } from './harness.ts'
import { Inbox } from './inbox.ts'
import { send, sharedServer } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

/*
 * A158: each page of the account with what belongs to somebody else, by somebody who knows its id.
 * The API's ids are in api-keys.test.ts, those of administrators in user-api-keys.test.ts.
 */

const server = await sharedServer()

async function person() {
  const user = await server.user({ name: `Person ${randomUUID()}` })
  const visitor = server.visitor()
  const page = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return { user, visitor, page }
}

const csrfOf = (page: Page) =>
  page.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''

const post = (visitor: Visitor, page: Page, path: string, fields: Record<string, string>) =>
  visitor.go(path, {
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrfOf(page), ...fields }),
    headers: { origin: server.url },
  })

/** However a request may name another person. */
const naming = ({ id, email }: TestUser) => ({
  id,
  account: id,
  account_id: id,
  user_id: id,
  sub: id,
  user: email,
})

const consentOf = (user: TestUser, client: TestClient) =>
  findConsentOf(server.db, user.id, client.clientId)

for (const action of ['narrow', 'remove']) {
  test(`an app of somebody else is not ${action}ed`, async () => {
    const [mine, theirs] = [await person(), await person()]
    const client = await server.client()
    await tokensFor(server, client, mine.user)
    const before = await consentOf(mine.user, client)

    const answer = await post(theirs.visitor, theirs.page, '/account/apps', {
      ...naming(mine.user),
      client_id: client.clientId,
      scope: 'openid',
      action,
    })

    assert.equal(answer.status, 404)
    assert.deepEqual(await consentOf(mine.user, client), before)
  })
}

for (const action of ['save', 'suspend', 'resume', 'rotate', 'revoke']) {
  test(`a key of somebody else is not there to ${action}`, async () => {
    const [mine, theirs] = [await person(), await person()]
    const { id, key } = await apiKeyFor(server, mine.user, ['IDENTITY'])
    const read = () => server.db.query('select * from api_keys where id = $1', [id])
    const before = (await read()).rows

    const answer = await post(theirs.visitor, theirs.page, `/account/api-keys/${id}`, {
      ...naming(mine.user),
      name: 'Theirs',
      scope: 'IDENTITY',
      allowed_addresses: '203.0.113.1',
      action,
    })

    assert.equal(answer.status, 404)
    assert.deepEqual((await read()).rows, before)
    assert.ok(!answer.text.includes(key))
  })
}

test('nobody is deleted, renamed, moved or given a password by another’s id', async () => {
  const [mine, theirs] = [await person(), await person()]
  const before = await findAccount(server.db, mine.user.id)
  const send = (path: string, fields: Record<string, string>) =>
    post(theirs.visitor, theirs.page, path, { ...naming(mine.user), ...fields })
  const moved = `${randomUUID()}@example.com`

  await send('/account/profile', { name: 'Theirs', timezone: 'UTC' })
  await send('/account/email/ask', { email: moved, email_password: password })
  await send('/account/password', { current_password: password, password: 'a meadow at noon' })
  const gone = await post(theirs.visitor, await theirs.visitor.go('/account'), '/account/delete', {
    ...naming(mine.user),
    current_password: 'a meadow at noon',
  })

  assert.match(gone.text, /Your account is deleted/)
  assert.deepEqual(await findAccount(server.db, mine.user.id), before)
  assert.equal(await findAccount(server.db, theirs.user.id), undefined)
})

test('the pages and the download are the reader’s own, whoever is named', async () => {
  const [mine, theirs] = [await person(), await person()]
  const client = await server.client({ name: `App ${randomUUID()}` })
  await tokensFor(server, client, mine.user)
  const { id } = await apiKeyFor(server, mine.user, ['IDENTITY'])
  const query = new URLSearchParams(naming(mine.user))

  const pages = ['', '/apps', '/api-keys', '/delete'].map((path) => [
    path,
    () => theirs.visitor.go(`/account${path}?${query}`),
  ]) as [string, () => Promise<Page>][]
  const download = () =>
    post(theirs.visitor, theirs.page, `/account/data.json?${query}`, naming(mine.user))
  for (const [path, ask] of [...pages, ['/data.json', download] as const]) {
    const { text, status } = await ask()

    assert.equal(status, 200)
    for (const word of [mine.user.email, mine.user.id, client.name, id]) {
      assert.ok(!text.includes(word), `${path}: ${word}`)
    }
  }
})

test('a link about the address of one moves nobody who is signed in as another', async () => {
  const [mine, theirs] = [await person(), await person()]
  const email = `${randomUUID()}@example.com`
  await post(mine.visitor, mine.page, '/account/email/ask', { email, email_password: password })
  const { link } = await new Inbox(server, email).next()

  const t = new URL(link, server.url).searchParams.get('t') ?? ''
  const answer = await post(theirs.visitor, theirs.page, '/account/email', {
    ...naming(theirs.user),
    t,
  })

  assert.equal(answer.status, 403)
  assert.equal((await findAccount(server.db, mine.user.id))?.email, mine.user.email)
  assert.equal((await findAccount(server.db, theirs.user.id))?.email, theirs.user.email)
})

test('“this wasn’t me” ends the access to one, and never that to whoever uses the link', async () => {
  const [mine, theirs] = [await person(), await person()]
  const client = await server.client()
  await tokensFor(server, client, mine.user)
  await tokensFor(server, client, theirs.user)
  const { link } = await new Inbox(server, mine.user.email).next()

  const question = await theirs.visitor.go(link)
  await theirs.visitor.submit(
    question,
    { ...naming(theirs.user), client_id: client.clientId },
    { form: 'form[action="/account/apps/not-me"]' },
  )

  assert.equal(await consentOf(mine.user, client), undefined)
  assert.ok(await consentOf(theirs.user, client))
})

test('a session of somebody else goes on, whoever names it', async () => {
  const [mine, theirs] = [await person(), await person()]
  const { rows } = await server.db.query<{ uid: string }>(
    'select uid from sessions where account_id = $1',
    [mine.user.id],
  )

  for (const { uid } of rows) {
    const fields = { ...naming(mine.user), session: uid }
    await post(theirs.visitor, theirs.page, '/account/sessions', fields)
  }
  await post(theirs.visitor, theirs.page, '/account/sessions', naming(mine.user))

  assert.ok(rows.length > 0)
  assert.equal((await mine.visitor.go('/account')).url, `${server.url}/account`)
})

test('a signed-in person lists only own keys by the API', async () => {
  const [mine, theirs] = [await person(), await person()]
  await apiKeyFor(server, mine.user, ['IDENTITY'])
  const cookie = await theirs.visitor.jar.getCookieString(server.url)
  const query = new URLSearchParams(naming(mine.user))

  const { body } = await send(server, `/api/api-keys?${query}`, { headers: { cookie } })

  assert.deepEqual(body.items, [])
})
