import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { countAdmins, findAccount, findAccountByEmailKey } from '#db/accounts.ts'
import { setUpLinks } from '../src/login/set-up-links.ts'
import { password, startServer } from './harness.ts'

const ada = { email: 'ada@example.com', password: 'a quiet meadow at noon', name: 'Ada' }

async function setUp(t: TestContext) {
  const server = await startServer(t)
  const link = await setUpLinks({ issuer: server.url }).firstAdmin(server.db)
  const use = async (fields: object = {}, visitor = server.visitor()) =>
    visitor.submit(await visitor.go(link), { ...ada, ...fields }, { form: 'form[action="/setup"]' })
  return { server, link, use }
}

test('the link makes the first administrator, signed in, once', async (t) => {
  const { server, link, use } = await setUp(t)

  const page = await use()

  assert.equal(page.url, `${server.url}/admin`)
  assert.equal(page.status, 200)
  const account = await findAccountByEmailKey(server.db, ada.email)
  assert.deepEqual(account?.roles, ['admin'])
  assert.ok(account?.emailVerifiedAt)
  assert.equal((await server.visitor().go(link)).status, 404)
})

test('links of other nodes are worth nothing once there is an administrator', async (t) => {
  const { server, use } = await setUp(t)
  const other = await setUpLinks({ issuer: server.url }).firstAdmin(server.db)
  await use()

  const visitor = server.visitor()
  const eve = { ...ada, email: 'eve@example.com' }
  const page = await visitor.submit(await visitor.go(other), eve, { form: 'form[action="/setup"]' })

  assert.equal(page.status, 404)
  assert.equal(await countAdmins(server.db), 1)
})

test('somebody who has an account proves it by its password', async (t) => {
  const { server, use } = await setUp(t)
  const user = await server.user()

  const wrong = await use({ email: user.email })
  const right = await use({ email: user.email, password })

  assert.equal(wrong.status, 400)
  assert.match(wrong.text, /this is not its password/)
  assert.equal(right.url, `${server.url}/admin`)
  assert.deepEqual((await findAccount(server.db, user.id))?.roles, ['admin'])
})

test('a weak password and a wrong link are refused', async (t) => {
  const { server, use } = await setUp(t)

  assert.equal((await use({ password: 'autogpt1' })).status, 400)
  for (const secret of ['', 'x', 'A'.repeat(43)]) {
    assert.equal((await server.visitor().go(`/setup?t=${secret}`)).status, 404)
  }
  assert.equal(await countAdmins(server.db), 0)
})

test('the link is over after a day', async (t) => {
  const { server, link } = await setUp(t)

  await server.db.query(
    "update email_challenges set expires_at = expires_at - interval '24 hours 1 second'",
  )

  assert.equal((await server.visitor().go(link)).status, 404)
})
