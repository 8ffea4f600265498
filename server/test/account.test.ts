import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findAccount } from '#db/accounts.ts'
import { listEvents } from '#db/audit-events.ts'
import { findConsentOf } from '#db/consents.ts'
import { introspect, password, startServer, tokensFor } from './harness.ts'
import { Inbox } from './inbox.ts'

const newPassword = 'a quiet meadow at noon'
const passwordForm = 'form[action="/account/password"]'

async function setUp(t: TestContext, { roles = [] as string[], env = {} } = {}) {
  const server = await startServer(t, env)
  const user = await server.user({ roles })
  const signIn = async (secret = password) => {
    const visitor = server.visitor()
    const page = await visitor.submit(await visitor.go('/login'), {
      email: user.email,
      password: secret,
    })
    return { visitor, page }
  }
  return { server, user, signIn, ...(await signIn()) }
}

test('the page shows who is signed in, and whoever is not is sent to sign in', async (t) => {
  const { server, user, page } = await setUp(t)

  assert.match(page.text, new RegExp(`${user.email}.*confirmed`))
  assert.equal(page.html.querySelector('#name')?.getAttribute('value'), 'Ada Lovelace')
  assert.equal(page.html.querySelector('option[selected]')?.getAttribute('value'), 'Europe/London')
  assert.equal((await server.visitor().go('/account')).url, `${server.url}/login`)
})

test('only administrators are shown the way to the administration', async (t) => {
  const admin = await setUp(t, { roles: ['admin'] })
  const person = await setUp(t)

  assert.ok(admin.page.html.querySelector('main a[href="/admin"]'))
  assert.equal(person.page.html.querySelector('main a[href="/admin"]'), null)
})

test('name and time zone are saved', async (t) => {
  const { server, user, visitor, page } = await setUp(t)

  const saved = await visitor.submit(page, { name: ' Ada King ', timezone: 'America/Sao_Paulo' })

  assert.match(saved.text, /Your profile is saved/)
  const account = await findAccount(server.db, user.id)
  assert.equal(account?.name, 'Ada King')
  assert.equal(account?.timezone, 'America/Sao_Paulo')
})

// A157, A127
test('nothing but name and time zone can be written, and both are checked', async (t) => {
  const { server, user, visitor, page } = await setUp(t)

  const refused = await visitor.submit(page, { name: 'x'.repeat(101), timezone: 'Mars/Olympus' })
  const saved = await visitor.submit(
    page,
    { name: '<img src=x>', timezone: 'UTC', roles: 'admin', email: 'a@b.c', id: user.id },
    { form: 'form[action="/account/profile"]' },
  )

  assert.equal(refused.status, 400)
  assert.match(refused.text, /at most 100.*time zone from the list/s)
  assert.match(saved.text, /value="&lt;img src=x&gt;"/)
  const account = await findAccount(server.db, user.id)
  assert.deepEqual(account?.roles, [])
  assert.equal(account?.email, user.email)
})

// A115
test('a new password needs the current one', async (t) => {
  const { visitor, page, signIn, server } = await setUp(t)

  const wrong = await visitor.submit(page, { current_password: 'not it', password: newPassword })
  const weak = await visitor.submit(page, { current_password: password, password: 'password1' })

  assert.equal(wrong.status, 400)
  assert.match(wrong.html.querySelector('#current_password-error')?.text ?? '', /not your current/)
  assert.match(weak.html.querySelector('#password-error')?.text ?? '', /Attackers try this/)
  assert.equal((await signIn()).page.url, `${server.url}/account`)
})

test('a change of password ends other sessions and all tokens, keeps this session, and is mailed', async (t) => {
  const { server, user, visitor, page, signIn } = await setUp(t)
  const client = await server.client()
  const tokens = await tokensFor(server, client, user)
  const other = await signIn()
  const cookie = (await visitor.jar.getCookies(server.url)).join()

  const saved = await visitor.submit(
    page,
    { current_password: password, password: newPassword },
    { form: passwordForm },
  )

  assert.match(saved.text, /Your password is changed/)
  assert.notEqual((await visitor.jar.getCookies(server.url)).join(), cookie)
  assert.equal((await other.visitor.go('/account')).url, `${server.url}/login`)
  assert.deepEqual((await introspect(server, client, tokens.access_token ?? '')).body, {
    active: false,
  })
  assert.ok(await findConsentOf(server.db, user.id, client.clientId))
  await new Inbox(server, user.email).about('Your password was changed')
  assert.equal((await listEvents(server.db, { limit: 9, kind: 'password.changed' })).length, 1)
  assert.equal((await signIn(newPassword)).page.url, `${server.url}/account`)
})

// A110
test('a change of password ends a link that was mailed before', async (t) => {
  const { server, user, visitor, page } = await setUp(t)
  const stranger = server.visitor()
  await stranger.submit(await stranger.go('/forgot-password'), { email: user.email })
  const { link } = await new Inbox(server, user.email).next()

  await visitor.submit(page, { current_password: password, password: newPassword })

  assert.equal((await stranger.go(link)).status, 404)
})

// A116
test('signing out everywhere else leaves this session and the apps', async (t) => {
  const { server, user, visitor, page, signIn } = await setUp(t)
  const client = await server.client()
  const tokens = await tokensFor(server, client, user)
  const other = await signIn()

  const done = await visitor.submit(page, {}, { form: 'form[action="/account/sessions"]' })

  assert.match(done.text, /All other sessions have ended/)
  assert.equal((await other.visitor.go('/account')).url, `${server.url}/login`)
  assert.equal((await introspect(server, client, tokens.access_token ?? '')).body.active, true)
})

// A115
test('guessing the current password in an open session is slowed down', async (t) => {
  const { visitor, page } = await setUp(t, { env: { RATE_LIMITS: 'on' } })

  let last = page
  for (let i = 0; i < 11; i++) {
    last = await visitor.submit(page, { current_password: `guess ${i}`, password: newPassword })
  }

  assert.equal(last.status, 429)
  assert.ok(Number(last.headers.get('retry-after')) > 0)
})

// A87
test('a change sent by another site is refused', async (t) => {
  const { visitor } = await setUp(t)

  for (const path of ['/account/profile', '/account/password', '/account/sessions', '/logout']) {
    const answer = await visitor.fetch(path, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ name: 'x' }),
    })
    assert.equal(answer.status, 403)
  }
})
