import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, password, signInAndApprove, startServer } from './harness.ts'

const asksForPassword = (page: { html: { querySelector(selector: string): unknown } }) =>
  Boolean(page.html.querySelector('[name="password"]'))

test('a session that was idle for too long is over', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  await signInAndApprove(visitor, authorizePath(client), user)
  await server.db.query(`update sessions set expires_at = now() - interval '1 second'`)

  const page = await visitor.go(authorizePath(client))

  assert.ok(asksForPassword(page)) // ASVS 7.3.1, A118
})

test('use prolongs a session, but never past thirty days after the sign-in', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  await signInAndApprove(visitor, authorizePath(client), user)
  await server.db.query(`update sessions set signed_in_at = now() - interval '29 days 23 hours'`)

  await visitor.go(authorizePath(client))

  const { rows } = await server.db.query<{ hours: number }>(
    `select extract(epoch from expires_at - now())::float8 / 3600 as hours
       from sessions
      where account_id is not null`,
  )
  assert.deepEqual(
    rows.map(({ hours }) => hours < 1.01),
    [true],
  ) // ASVS 7.3.2, A118
})

test('a session of somebody who was disabled is over at once', async (t) => {
  const server = await startServer(t)
  const user = await server.user()
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  await server.db.query('update accounts set disabled_at = now() where id = $1', [user.id])

  const page = await visitor.go('/account')

  assert.ok(asksForPassword(page)) // ASVS 7.4.2
})
