import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findAccount, updateAccount } from '#db/accounts.ts'
import { listEvents } from '#db/audit-events.ts'
import { passwordHashing } from '../src/login/passwords.ts'
import { authorizePath, callbackParams, password, startServer } from './harness.ts'
import { Inbox } from './inbox.ts'
import type { Page, Visitor } from './visitor.ts'

async function setUp(t: TestContext, env?: Record<string, string>) {
  const server = await startServer(t, env)
  const user = await server.user()
  const visitor = server.visitor()
  const signIn = async (fields: object = {}, someone: Visitor = visitor) =>
    someone.submit(await someone.go('/login'), { email: user.email, password, ...fields })
  return { server, user, visitor, signIn }
}

const heading = (page: Page) => page.html.querySelector('h1')?.text
const sessionOf = async (visitor: Visitor, url: string) =>
  (await visitor.jar.getCookies(url)).find(({ key }) => key === 'agpt_session')?.value

test('signing in at /login leads to the account, and the next visit goes there at once', async (t) => {
  const { server, visitor, signIn } = await setUp(t)

  const page = await signIn()

  assert.equal(page.url, `${server.url}/account`)
  assert.equal((await visitor.go('/login')).url, `${server.url}/account`)
})

// A111
test('the address may be typed in another case, and with spaces around it', async (t) => {
  const { server, user, signIn } = await setUp(t)

  const page = await signIn({ email: `  ${user.email.toUpperCase()} ` })

  assert.equal(page.url, `${server.url}/account`)
})

// A104
test('unknown, disabled, without a password, wrong password: one answer', async (t) => {
  const { server, user, signIn } = await setUp(t)
  const disabled = await server.user()
  await updateAccount(server.db, disabled.id, { disabledAt: new Date() })
  const bare = await server.user()
  await server.db.query('update accounts set password_hash = null where id = $1', [bare.id])

  const attempts = [
    { email: user.email, password: 'not this one' },
    { email: 'nobody@example.com', password },
    { email: disabled.email, password },
    { email: bare.email, password },
  ]
  const answers: string[] = []
  for (const attempt of attempts) {
    const page = await signIn(attempt, server.visitor())
    assert.equal(page.status, 400)
    const headers = [...page.headers.keys()].sort().join()
    const text = page.text.replaceAll(attempt.email, 'EMAIL').replace(/value="[\w-]{43}"/g, 'CSRF')
    answers.push(`${headers} ${text}`)
  }

  assert.equal(new Set(answers).size, 1)
  assert.match(answers[0] ?? '', /do not match/)
})

test('a failed sign-in is on record with the account, never with what was typed', async (t) => {
  const { server, user, signIn } = await setUp(t)

  await signIn({ password: 'not this one' })
  await signIn({ email: 'my-password@typed.here', password: 'x' })
  await signIn()

  const events = await listEvents(server.db, { limit: 10 })
  const kinds = events.map(({ kind, accountId }) => `${kind} ${accountId === user.id}`)
  assert.deepEqual(kinds, ['login.succeeded true', 'login.failed false', 'login.failed true'])
  assert.doesNotMatch(JSON.stringify(events), /typed\.here|not this one/)
})

test('a mistake keeps the address and forgets the password', async (t) => {
  const { user, signIn } = await setUp(t)

  const page = await signIn({ password: 'not this one' })

  assert.equal(page.html.querySelector('#email')?.getAttribute('value'), user.email)
  assert.equal(page.html.querySelector('#password')?.getAttribute('value'), undefined)
  assert.match(page.html.querySelector('title')?.text ?? '', /^Error: /)
})

// A99
test('login_hint fills in the address and nothing else', async (t) => {
  const { server, visitor } = await setUp(t)
  const client = await server.client()
  const hint = '"><script>alert(1)</script>@x.com'

  const page = await visitor.go(authorizePath(client, { login_hint: hint }))

  assert.equal(page.html.querySelector('#email')?.getAttribute('value'), hint)
  assert.equal(page.html.querySelectorAll('script').length, 0)
  assert.match(page.text, /to continue to Test App/)
})

test('the app’s request goes on after a sign-in', async (t) => {
  const { server, user, visitor } = await setUp(t)
  const client = await server.client()

  const login = await visitor.go(authorizePath(client))
  const consent = await visitor.submit(login, { email: user.email, password })
  const end = await visitor.submit(consent, { decision: 'approve' })

  assert.ok(callbackParams(end).code)
})

// A105
test('the session’s id is another one after each sign-in, and the old one is dead', async (t) => {
  const { server, user, visitor, signIn } = await setUp(t)
  await signIn()
  const first = await sessionOf(visitor, server.url)
  const client = await server.client()

  const login = await visitor.go(authorizePath(client, { prompt: 'login' }))
  await visitor.submit(login, { email: user.email, password })

  assert.notEqual(await sessionOf(visitor, server.url), first)
  const old = await server
    .visitor()
    .fetch('/account', { headers: { cookie: `agpt_session=${first}` } })
  assert.equal(old.headers.get('location'), '/login')
})

// A107
test('a sign-in form of another site is refused', async (t) => {
  const { server, user, visitor } = await setUp(t)
  const page = await visitor.go('/login')
  const token = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
  const post = (headers: Record<string, string>, _csrf = token) =>
    visitor.fetch('/login', {
      method: 'POST',
      headers,
      body: new URLSearchParams({ email: user.email, password, _csrf }),
    })

  assert.equal((await post({ origin: 'https://evil.example' })).status, 403)
  assert.equal((await post({ 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await post({ origin: server.url }, '')).status, 403)
  assert.equal((await post({ origin: server.url })).status, 303)
})

// A108, A22
test('no parameter of ours leads anywhere else after a sign-in', async (t) => {
  const { server, user } = await setUp(t)

  for (const value of [
    '//evil.example',
    'https:evil.example',
    '/\\evil.example',
    '/%09/evil.example',
  ]) {
    const query = new URLSearchParams({ next: value, return_to: value, continue: value })
    const visitor = server.visitor()
    const page = await visitor.go(`/login?${query}`)
    const end = await visitor.submit(page, { email: user.email, password })
    assert.equal(end.url, `${server.url}/account`)
  }
})

// A119
test('signing out ends the session at the server, too', async (t) => {
  const { server, visitor, signIn } = await setUp(t)
  const account = await signIn()
  const cookie = await sessionOf(visitor, server.url)

  const after = await visitor.submit(account, {}, { form: 'form[action="/logout"]' })

  assert.equal(after.url, `${server.url}/login`)
  const replay = await server
    .visitor()
    .fetch('/account', { headers: { cookie: `agpt_session=${cookie}` } })
  assert.equal(replay.headers.get('location'), '/login')
  assert.equal((await listEvents(server.db, { limit: 1 }))[0]?.kind, 'logout')
})

test('another account signs in within the same request', async (t) => {
  const { server, visitor, signIn } = await setUp(t)
  await signIn()
  const other = await server.user({ name: 'Grace Hopper' })
  const client = await server.client()

  const consent = await visitor.go(authorizePath(client))
  const switchForm = 'form[action$="/use-another-account"]'
  const login = await visitor.submit(consent, {}, { form: switchForm })
  const again = await visitor.submit(login, { email: other.email, password })

  assert.equal(heading(login), 'Sign in')
  assert.match(again.text, /Grace Hopper/)
  assert.ok(callbackParams(await visitor.submit(again, { decision: 'approve' })).code)
})

test('a hash made with older parameters is made anew at the next sign-in', async (t) => {
  const { server, user, signIn } = await setUp(t)
  const old = await passwordHashing({
    cost: { memoryCost: 64, timeCost: 1, parallelism: 1 },
  }).hash(password)
  await server.db.query('update accounts set password_hash = $2 where id = $1', [user.id, old])

  await signIn()

  for (let tries = 0; tries < 100; tries++) {
    const hash = (await findAccount(server.db, user.id))?.passwordHash ?? ''
    if (hash.includes('m=19456')) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  assert.fail('the old hash stayed')
})

test('an address that is not confirmed is confirmed by code before any app hears of it', async (t) => {
  const { server, user, visitor } = await setUp(t)
  await updateAccount(server.db, user.id, { emailVerifiedAt: null })
  const client = await server.client()

  const login = await visitor.go(authorizePath(client))
  const page = await visitor.submit(login, { email: user.email, password })
  assert.equal(heading(page), 'Check your mail')
  assert.equal((await visitor.go('/account')).url, `${server.url}/login`)
  const { code } = await new Inbox(server, user.email).next()
  const consent = await visitor.submit(page, { code })

  assert.ok(consent.html.querySelector('[name="decision"]'))
  assert.ok((await findAccount(server.db, user.id))?.emailVerifiedAt)
})

test('a wrong password of such an account is answered like any other', async (t) => {
  const { server, user, signIn } = await setUp(t)
  await updateAccount(server.db, user.id, { emailVerifiedAt: null })

  const page = await signIn({ password: 'not this one' })

  assert.equal(page.status, 400)
  assert.ok(await new Inbox(server, user.email).isEmpty())
})

// A155, A156
test('junk in the fields is a mistake of the form, never ours', async (t) => {
  const { signIn } = await setUp(t)

  for (const junk of [
    "' or 1=1--",
    '\0',
    '\u02BC',
    '$1',
    '__proto__',
    'a@\0.com',
    '\ud800@x.com',
  ]) {
    assert.equal((await signIn({ email: junk })).status, 400)
    assert.equal((await signIn({ password: junk || 'x' })).status, 400)
  }
})

// A112
test('a body of a megabyte is refused before anything is hashed', async (t) => {
  const { visitor, server } = await setUp(t)
  await visitor.go('/login')

  const body = new URLSearchParams({ email: 'a@b.c', password: 'x'.repeat(1_000_000) })
  const answer = await visitor.fetch('/login', {
    method: 'POST',
    body,
    headers: { origin: server.url },
  })

  assert.equal(answer.status, 413)
})
