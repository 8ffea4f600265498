import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { apiKeyFor } from './gateway.ts'
import { introspect, password, refresh, type TestUser, tokensFor } from './harness.ts'
import { Inbox } from './inbox.ts'
import { send, sharedServer } from './requests.ts'

const server = await sharedServer()
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

async function signedIn(user: TestUser, headers?: Record<string, string>) {
  const visitor = server.visitor(headers)
  const page = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return { visitor, page }
}

const meStatus = async (key: string) =>
  (await send(server, '/external-api/v2/me', { headers: { 'x-api-key': key } })).status

test('an account is deleted with everything that hangs on it, after the password', async () => {
  const client = await server.client()
  const user = await server.user()
  const tokens = await tokensFor(server, client, user)
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  const { visitor } = await signedIn(user)
  const page = await visitor.go('/account/delete')

  const refused = await visitor.submit(page, { current_password: 'not it' })
  assert.equal(refused.status, 400)
  assert.equal(await meStatus(key), 200)
  const gone = await visitor.submit(page, { current_password: password })

  assert.match(gone.text, /Your account is deleted/)
  assert.equal(await meStatus(key), 401)
  assert.equal((await introspect(server, client, String(tokens.access_token))).body.active, false)
  const again = await refresh(server, client, String(tokens.refresh_token))
  assert.equal(again.body.error, 'invalid_grant')
  assert.equal((await visitor.go('/account')).url, `${server.url}/login`)
  const { rows } = await server.db.query('select 1 from accounts where id = $1', [user.id])
  assert.equal(rows.length, 0)
  const events = await listEvents(server.db, {
    limit: 5,
    account: user.id,
    kind: 'account.deleted',
  })
  assert.equal(events.length, 1)
  assert.ok(!JSON.stringify(events).includes(user.email))
  await new Inbox(server, user.email).about('Your account is deleted')
})

// A159
test('the last administrator cannot leave', async () => {
  const admin = await server.user({ roles: ['admin'] })
  const { visitor } = await signedIn(admin)

  const refused = await visitor.submit(await visitor.go('/account/delete'), {
    current_password: password,
  })
  assert.equal(refused.status, 409)
  assert.match(refused.text, /only administrator/)

  await server.user({ roles: ['admin'] })
  const gone = await visitor.submit(refused, { current_password: password })
  assert.match(gone.text, /Your account is deleted/)
})

test('an account is deleted from our own page only', async () => {
  const user = await server.user()
  const { visitor } = await signedIn(user)
  const body = new URLSearchParams({ current_password: password })

  const forged = await visitor.go('/account/delete', {
    method: 'POST',
    body,
    headers: { origin: server.url },
  })

  assert.equal(forged.status, 403) // A87
  assert.equal((await server.visitor().go('/account/delete')).url, `${server.url}/to/delete/login`)
})

test('sessions are told apart by their browsers, and each can be ended', async () => {
  const user = await server.user()
  const there = await signedIn(user, { 'user-agent': firefox })
  const { visitor } = await signedIn(user)
  const page = await visitor.go('/account')
  const [one] = page.html.querySelectorAll('.session form')

  assert.equal(page.html.querySelectorAll('.session').length, 2)
  assert.match(page.html.querySelectorAll('.session')[1]?.text ?? '', /Firefox · Linux/)
  assert.match(page.html.querySelectorAll('.session')[0]?.text ?? '', /This one/)
  const session = one?.querySelector('input[name="session"]')?.getAttribute('value') ?? ''
  const ended = await visitor.submit(page, { session })

  assert.match(ended.text, /That session has ended/)
  assert.equal((await there.visitor.go('/account')).url, `${server.url}/login`)
  assert.equal((await visitor.go('/account')).url, `${server.url}/account`)
})

// A158
test('nobody ends a session of somebody else', async () => {
  const mine = await signedIn(await server.user())
  const { visitor, page } = await signedIn(await server.user())
  const { rows } = await server.db.query<{ uid: string }>('select uid from sessions')
  const csrf = page.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''
  for (const { uid } of [...rows, { uid: '\0' }]) {
    const body = new URLSearchParams({ _csrf: csrf, session: uid })
    await visitor.go('/account/sessions', { method: 'POST', body, headers: { origin: server.url } })
  }

  assert.equal((await mine.visitor.go('/account')).url, `${server.url}/account`)
})
