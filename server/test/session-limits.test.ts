import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt } from 'jose'
import { deleteSessionsOfAccount } from '#db/sessions.ts'
import {
  authorizePath,
  callbackParams,
  exchange,
  password,
  signInAndApprove,
  startServer,
} from './harness.ts'

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

test('a sign-in whose session was ended before the app’s request went on asks again', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const login = await visitor.go(authorizePath(client))
  const csrf = login.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
  const answer = await visitor.fetch(login.url, {
    method: 'POST',
    body: new URLSearchParams({ _csrf: csrf, email: user.email, password }),
    headers: { origin: server.url },
  })
  const resume = answer.headers.get('location') ?? ''
  assert.match(resume, /^\/auth\/authorize\/[\w-]+$/)
  await deleteSessionsOfAccount(server.db, user.id)

  const page = await visitor.go(resume)

  assert.ok(asksForPassword(page)) // A110, ASVS 7.4.2
  assert.equal((await visitor.go('/account')).url, `${server.url}/login`)
  assert.ok(callbackParams(await signInAndApprove(visitor, page.url, user)).code)
})

for (const where of ['/login', 'an app’s request']) {
  test(`no session is left of a sign-in during which the password was changed: ${where}`, async (t) => {
    const server = await startServer(t)
    const [client, user] = [await server.client(), await server.user()]
    await server.db.query(`
      create function change_password() returns trigger language plpgsql as $$
      begin
        update accounts set password_changed_at = clock_timestamp() where id = new.account_id;
        return new;
      end $$;
      create trigger meanwhile after insert on sessions
        for each row execute function change_password();`)
    const visitor = server.visitor()
    const login = await visitor.go(where === '/login' ? where : authorizePath(client))

    const page = await visitor.submit(login, { email: user.email, password })

    assert.ok(asksForPassword(page)) // A110
    assert.equal((await visitor.go('/account')).url, `${server.url}/login`)
    const { rows } = await server.db.query('select 1 from sessions where account_id = $1', [
      user.id,
    ])
    assert.equal(rows.length, 0)
  })
}

test('the time of the sign-in is that of the password, not of the consent', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const login = await visitor.go(authorizePath(client, { max_age: '10000' }))
  const consent = await visitor.submit(login, { email: user.email, password })
  await server.db.query(`update sessions set signed_in_at = now() - interval '10 minutes'`)

  const page = await visitor.submit(consent, { decision: 'approve' })

  const { body } = await exchange(server, client, callbackParams(page).code ?? '')
  const age = Date.now() / 1000 - Number(decodeJwt(body.id_token).auth_time)
  assert.ok(age > 500, `${age}`) // OIDC Core 2, A99
})
