import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { findAccount, setPasswordHash, updateAccount } from '#db/accounts.ts'
import { listEvents } from '#db/audit-events.ts'
import { findConsentOf } from '#db/consents.ts'
import { setUpLinks } from '../src/login/set-up-links.ts'
import {
  authorizePath,
  callbackParams,
  introspect,
  password,
  refresh,
  startServer,
  tokensFor,
} from './harness.ts'
import { Inbox } from './inbox.ts'

import type { Page, Visitor } from './visitor.ts'

const newPassword = 'a quiet meadow at noon'
const resetForm = 'form[action="/reset"]'

async function setUp(t: TestContext) {
  const server = await startServer(t)
  const user = await server.user()
  const inbox = new Inbox(server, user.email)
  const visitor = server.visitor()
  const ask = async (someone: Visitor = visitor, email = user.email) =>
    someone.submit(await someone.go('/forgot-password'), { email })
  const choose = async (link: string, someone: Visitor = visitor, next = newPassword) =>
    someone.submit(await someone.go(link), { password: next }, { form: resetForm })
  const signIn = async (secret: string, someone = server.visitor()) =>
    someone.submit(await someone.go('/login'), { email: user.email, password: secret })
  return { server, user, inbox, visitor, ask, choose, signIn }
}

const heading = (page: Page) => page.html.querySelector('h1')?.text

test('the link lets its owner choose a new password, and goes on signed in', async (t) => {
  const { server, inbox, ask, choose, signIn } = await setUp(t)
  assert.equal(heading(await ask()), 'Check your mail')

  const page = await choose((await inbox.next()).link)

  assert.equal(page.url, `${server.url}/account?saved=password`)
  assert.equal((await signIn(password)).status, 400)
  assert.equal((await signIn(newPassword)).url, `${server.url}/account`)
  assert.equal((await inbox.next()).subject, 'Your password was changed')
  assert.equal((await listEvents(server.db, { limit: 9, kind: 'password.reset' })).length, 1)
})

test('within an app’s request the app’s request goes on', async (t) => {
  const { server, user, inbox, visitor, choose } = await setUp(t)
  const client = await server.client()
  const login = await visitor.go(authorizePath(client))
  const path = login.html.querySelector('a[href$="/forgot-password"]')?.getAttribute('href') ?? ''
  await visitor.submit(await visitor.go(path), { email: user.email })

  const consent = await choose((await inbox.next()).link)

  assert.ok(callbackParams(await visitor.submit(consent, { decision: 'approve' })).code)
})

// A110
test('a link works once, and only the newest one', async (t) => {
  const { server, inbox, ask, choose } = await setUp(t)
  await ask()
  const { link: older } = await inbox.next()
  await ask()
  const { link } = await inbox.next()

  assert.equal((await server.visitor().go(older)).status, 404)
  await choose(link)
  const again = await server.visitor().go(link)
  assert.equal(again.status, 404)
  assert.equal(heading(again), 'This step is over')
})

// A110
test('opening the link changes nothing, and a password that is refused does not spend it', async (t) => {
  const { server, inbox, ask, choose } = await setUp(t)
  await ask()
  const { link } = await inbox.next()

  await server.visitor().go(link)
  const refused = await choose(link, server.visitor(), 'password1')
  assert.equal(refused.status, 400)
  assert.match(refused.text, /Attackers try this password first/)

  assert.equal(heading(await choose(link, server.visitor())), 'Your new password is saved')
})

// A110
test('a link dies after an hour', async (t) => {
  const { server, inbox, ask } = await setUp(t)
  await ask()
  const { link } = await inbox.next()

  const at = (seconds: number) =>
    server.db.query(
      'update email_challenges set expires_at = expires_at - make_interval(secs => $1)',
      [seconds],
    )
  await at(3_540)
  assert.equal((await server.visitor().go(link)).status, 200)
  await at(60)

  assert.equal((await server.visitor().go(link)).status, 404)
})

// A110
test('a link dies when the password or the address is changed by somebody else', async (t) => {
  const { server, user, inbox, ask } = await setUp(t)
  await ask()
  const { link } = await inbox.next()
  assert.equal((await server.visitor().go(link)).status, 200)

  await updateAccount(server.db, user.id, { email: 'new@x.com', emailKey: 'new@x.com' })
  assert.equal((await server.visitor().go(link)).status, 404)
  await updateAccount(server.db, user.id, { email: user.email, emailKey: user.email })
  await setPasswordHash(server.db, user.id, 'set by an administrator')

  assert.equal((await server.visitor().go(link)).status, 404)
})

// A110
test('the database keeps a hash of the link, not the link', async (t) => {
  const { server, inbox, ask } = await setUp(t)
  await ask()
  const secret = (await inbox.next()).link.split('=')[1] ?? ''

  const { rows } = await server.db.query('select * from email_challenges')

  assert.equal(Buffer.from(secret, 'base64url').length, 32)
  assert.equal(JSON.stringify(rows).includes(secret), false)
  const hash = createHash('sha256').update(secret).digest()
  assert.ok(rows.some((row) => hash.equals(row.link_hash as Uint8Array)))
})

// A57, A110
test('a reset ends all other sessions and all tokens, and leaves what was allowed', async (t) => {
  const { server, user, inbox, ask, choose, signIn } = await setUp(t)
  const client = await server.client()
  const elsewhere = server.visitor()
  await signIn(password, elsewhere)
  const tokens = await tokensFor(server, client, user)

  await ask()
  await choose((await inbox.about('Choose a new password')).link)

  assert.equal((await elsewhere.go('/account')).url, `${server.url}/login`)
  const { body } = await introspect(server, client, tokens.access_token ?? '')
  assert.deepEqual(body, { active: false })
  assert.equal(
    (await refresh(server, client, tokens.refresh_token ?? '')).body.error,
    'invalid_grant',
  )
  assert.ok(await findConsentOf(server.db, user.id, client.clientId))
})

test('whoever asked in another browser does not get in when the owner uses the link', async (t) => {
  const { server, inbox, ask, choose } = await setUp(t)
  const attacker = server.visitor()
  const waiting = await ask(attacker)
  const owner = server.visitor()

  const done = await choose((await inbox.next()).link, owner)

  assert.equal(heading(done), 'Your new password is saved')
  assert.equal((await attacker.go(waiting.url)).status, 404)
  assert.equal((await attacker.go('/account')).url, `${server.url}/login`)
})

// A104
test('for an unknown or disabled address the page is the same, and the mail says what is so', async (t) => {
  const { server, user, ask } = await setUp(t)
  const disabled = await server.user()
  await updateAccount(server.db, disabled.id, { disabledAt: new Date() })

  const pages = new Set<string>()
  for (const email of [user.email, disabled.email, 'nobody@example.com']) {
    const page = await ask(server.visitor(), email)
    pages.add(neutral({ ...page, text: page.text.replaceAll(email, 'EMAIL') }))
  }

  assert.equal(pages.size, 1)
  for (const email of [disabled.email, 'nobody@example.com']) {
    const mail = await new Inbox(server, email).next()
    assert.equal(mail.subject, 'No account with this address')
    assert.doesNotMatch(mail.text, /reset\?t=/)
  }
})

// A109, A111
test('the link names the configured address, and mail goes to the stored one', async (t) => {
  const { server, user, inbox, visitor } = await setUp(t)
  const page = await visitor.go('/forgot-password')
  const token = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''

  const answer = await visitor.fetch('/forgot-password', {
    method: 'POST',
    headers: {
      origin: server.url,
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    },
    body: new URLSearchParams({ email: user.email.toUpperCase(), _csrf: token }),
  })

  assert.equal(answer.status, 303)
  const { text } = await inbox.next()
  assert.match(text, new RegExp(`^${server.url}/reset\\?t=[\\w-]{43}$`, 'm'))
  assert.doesNotMatch(text, /evil/)
})

test('a reset shows that the mailbox is its owner’s', async (t) => {
  const { server, user, inbox, ask, choose } = await setUp(t)
  await updateAccount(server.db, user.id, { emailVerifiedAt: null })

  await ask()
  await choose((await inbox.next()).link)

  assert.ok((await findAccount(server.db, user.id))?.emailVerifiedAt)
})

test('a person whose account an administrator made chooses a password by a link handed over', async (t) => {
  const { server, user, choose, signIn } = await setUp(t)
  await server.db.query('update accounts set password_hash = null where id = $1', [user.id])
  const account = (await findAccount(server.db, user.id)) ?? assert.fail()
  const link = await setUpLinks({ issuer: server.url }).choosePassword(server.db, account)

  const page = await choose(link.replace(server.url, ''))

  assert.equal(heading(page), 'Your new password is saved')
  assert.equal((await signIn(newPassword)).url, `${server.url}/account`)
})

// A110, A186
test('the page of a link sends no address on, and is kept nowhere', async (t) => {
  const { server, inbox, ask } = await setUp(t)
  await ask()

  const page = await server.visitor().go((await inbox.next()).link)

  assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
  assert.match(page.headers.get('cache-control') ?? '', /no-store/)
})

const neutral = ({ status, text, headers }: Page) =>
  `${status} ${[...headers.keys()].sort()} ${text}`
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/\d{8}T\d{9}Z-[\w-]{22}/g, 'MESSAGE')
    .replace(/value="[\w-]{43}"/g, 'CSRF')
