import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { decodeProtectedHeader } from 'jose'
import type { Database } from '#db/database.ts'
import { deriveKeys, sealWith } from '../src/keys.ts'
import {
  authorizePath,
  callbackParams,
  exchange,
  password,
  signInAndApprove,
  startServer,
  type TestServer,
} from './harness.ts'
import { Inbox } from './inbox.ts'
import type { Visitor } from './visitor.ts'

const [old, next] = [
  'the earlier SECRET_KEY of 32 and more',
  'the coming SECRET_KEY of 32 and more',
]

/** A node before, while or after SECRET_KEY is rotated, all of one database and one address. */
async function nodes(t: TestContext) {
  const before = await startServer(t, {}, { secretKey: old })
  const at = (secretKey: string, accepted = '') =>
    startServer(
      t,
      { ISSUER: before.url, ...(accepted && { SECRET_KEYS_ACCEPTED: accepted }) },
      { secretKey, db: before.db },
    )
  return {
    before,
    ready: () => at(old, next),
    during: () => at(next, old),
    after: () => at(next),
  }
}

/** The same browser, sent to another node: cookies know no ports. */
async function sentTo(server: TestServer, visitor: Visitor): Promise<Visitor> {
  const moved = server.visitor()
  for (const cookie of (await visitor.jar.serialize()).cookies) {
    const { key, value, path = '/' } = cookie
    await moved.jar.setCookie(`${key}=${value}; Path=${path}; HttpOnly`, server.url)
  }
  return moved
}

const elsewhere = <P extends { url: string }>(page: P, server: TestServer): P => ({
  ...page,
  url: page.url.replace(/^http:\/\/localhost:\d+/, server.url),
})

async function sealed(db: Database): Promise<string[]> {
  const { rows } = await db.query<{ jwe: string }>(
    `select private_jwk as jwe from signing_keys where private_jwk is not null
      union all
     select payload from interactions
      union all
     select pending_logout from sessions where pending_logout is not null`,
  )
  return rows.map(({ jwe }) => jwe)
}
const idsOf = async (db: Database) =>
  [...new Set((await sealed(db)).map((jwe) => decodeProtectedHeader(jwe).kid))].sort()
const sealingId = (secretKey: string) => deriveKeys(secretKey).sealing[0]?.id

// R17
test('a sign-in, a form, a waiting request and a mailed code go on under the new key', async (t) => {
  const { before, during } = await nodes(t)
  const [client, user] = [await before.client(), await before.user()]
  const signedIn = before.visitor()
  await signInAndApprove(signedIn, authorizePath(client), user)
  const halfWay = before.visitor()
  const form = await halfWay.go(authorizePath(client))
  const newcomer = before.visitor()
  const fields = { email: 'new@example.com', password: 'a quiet meadow at noon', name: 'New' }
  const waiting = await newcomer.submit(await newcomer.go('/signup'), fields)
  const { code = '' } = await new Inbox(before, 'new@example.com').next()

  const server = await during()

  const back = await (await sentTo(server, signedIn)).go(authorizePath(client))
  assert.equal(new URL(back.url).host, 'app.example')
  assert.ok(callbackParams(back).code)
  const consent = await (await sentTo(server, halfWay)).submit(elsewhere(form, server), {
    email: user.email,
    password,
  })
  assert.ok(consent.status === 200 || callbackParams(consent).code)
  const confirmed = await (await sentTo(server, newcomer)).submit(elsewhere(waiting, server), {
    code,
  })
  assert.equal(new URL(confirmed.url).pathname, '/account')
})

test('a sign-in that goes on under the new key keeps its expiry', async (t) => {
  const { before, during } = await nodes(t)
  const signedIn = before.visitor()
  await signInAndApprove(signedIn, authorizePath(await before.client()), await before.user())
  const server = await during()

  const response = await (await sentTo(server, signedIn)).fetch('/account')

  assert.equal(response.status, 200)
  for (const cookie of response.headers.getSetCookie()) {
    if (cookie.startsWith('agpt_session')) assert.match(cookie, /expires=/)
  }
})

// R17
test('two nodes in different order accept what the other one makes', async (t) => {
  const { before, ready, during } = await nodes(t)
  const [one, two] = [await ready(), await during()]
  const [client, user] = [await before.client(), await before.user()]
  let visitor = one.visitor()
  let page = await visitor.go(authorizePath(client))

  for (const server of [two, one, two]) {
    visitor = await sentTo(server, visitor)
    if (page.html.querySelector('[name="password"]')) {
      page = elsewhere(page, server)
      page = await visitor.submit(page, { email: user.email, password })
    } else if (page.html.querySelector('[name="decision"]')) {
      page = await visitor.submit(elsewhere(page, server), { decision: 'approve' })
    }
  }

  const { code = '' } = callbackParams(page)
  const { status, body } = await exchange(one, client, code)
  assert.equal(status, 200)
  assert.ok(body.id_token)
})

// R17
test('every sealed value names its key, and a start takes the signing keys over', async (t) => {
  const { before, ready, during } = await nodes(t)
  await before.visitor().go(authorizePath(await before.client()))
  assert.deepEqual(await idsOf(before.db), [sealingId(old)])
  await ready()
  assert.deepEqual(await idsOf(before.db), [sealingId(old)])

  const server = await during()

  assert.deepEqual(await idsOf(before.db), [sealingId(old), sealingId(next)].sort())
  await before.db.query('delete from interactions')
  assert.deepEqual(await idsOf(before.db), [sealingId(next)])
  const keys = (node: TestServer) =>
    fetch(`${node.url}/.well-known/jwks.json`).then((response) => response.text())
  assert.equal(await keys(server), await keys(before))
})

// R17
test('without the earlier key people begin again, and nothing fails', async (t) => {
  const { before, during, after } = await nodes(t)
  const [client, user] = [await before.client(), await before.user()]
  const signedIn = before.visitor()
  await signInAndApprove(signedIn, authorizePath(client), user)
  const leaving = await signedIn.go('/auth/logout')
  const halfWay = before.visitor()
  const form = await halfWay.go(authorizePath(client))
  const newcomer = before.visitor()
  const fields = { email: 'new@example.com', password: 'a quiet meadow at noon', name: 'New' }
  const waiting = await newcomer.submit(await newcomer.go('/signup'), fields)
  const { code = '' } = await new Inbox(before, 'new@example.com').next()
  await during()

  const server = await after()

  const account = await (await sentTo(server, signedIn)).go('/account')
  assert.equal(new URL(account.url).pathname, '/login')
  const again = await (await sentTo(server, signedIn)).go(authorizePath(client))
  assert.ok(again.html.querySelector('[name="password"]'))
  const left = await (await sentTo(server, signedIn)).submit(
    elsewhere(leaving, server),
    {},
    { form: 'form[action="/auth/logout/confirm"]' },
  )
  assert.equal(left.status, 400)
  const lost = await sentTo(server, halfWay)
  assert.equal((await lost.go(new URL(form.url).pathname)).status, 400)
  const credentials = { email: user.email, password }
  assert.equal((await lost.submit(elsewhere(form, server), credentials)).status, 403)
  const late = await sentTo(server, newcomer)
  assert.equal((await late.submit(elsewhere(waiting, server), { code })).status, 403)
  const retyped = await late.go(new URL(waiting.url).pathname)
  assert.equal((await late.submit(retyped, { code })).status, 400)
})

test('a session outlives the sign-out that waits in it under a key which is gone', async (t) => {
  const server = await startServer(t)
  const visitor = server.visitor()
  await signInAndApprove(visitor, authorizePath(await server.client()), await server.user())
  const state = await sealWith(deriveKeys(old).sealing).seal('{"secret":"x"}')
  await server.db.query('update sessions set pending_logout = $1', [state])

  const account = await visitor.go('/account')
  const again = await visitor.go('/auth/logout')

  assert.equal(new URL(account.url).pathname, '/account')
  assert.ok(again.html.querySelector('form[action="/auth/logout/confirm"]'))
})
