import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAccount, findAccount } from '#db/accounts.ts'
import { listEvents } from '#db/audit-events.ts'
import { testEngine } from '#db/testing.ts'
import { introspect, password, type TestUser, tokensFor } from './harness.ts'
import { Inbox } from './inbox.ts'
import { sharedServer } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

const server = await sharedServer()

async function signedIn(user: TestUser) {
  const visitor = server.visitor()
  const page = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return { visitor, page }
}

async function connected(fields: object = {}) {
  const client = await server.client({ name: 'Notebook', ...fields })
  const user = await server.user()
  const inbox = new Inbox(server, user.email)
  const tokens = await tokensFor(server, client, user)
  const isActive = async () =>
    (await introspect(server, client, String(tokens.access_token))).body.active
  return { client, user, inbox, isActive }
}

test('a new app is told by mail, once, and ended from there without signing in', async () => {
  const { client, user, inbox, isActive } = await connected()
  const mail = await inbox.next()
  assert.equal(mail.subject, 'A new app is connected to your account')
  assert.match(mail.text, /"Notebook"/)
  await tokensFor(server, client, user)
  assert.ok(await inbox.isEmpty())

  const visitor = server.visitor()
  const question = await visitor.go(mail.link)
  assert.equal(question.status, 200)
  assert.equal(await isActive(), true, 'a look ended it (A110)')
  const ended = await visitor.submit(question, {})

  assert.match(ended.text, /Its access has ended/)
  assert.equal(await isActive(), false)
  assert.equal((await visitor.go(mail.link)).status, 404)
  const events = await listEvents(server.db, {
    limit: 5,
    account: user.id,
    kind: 'consent.removed',
  })
  assert.deepEqual(events[0]?.details, { by: 'mail' })
})

test('the link of a mail ends nothing but what the mail was about', async () => {
  const first = await connected()
  const { link } = await first.inbox.next()
  const second = await connected()
  const { visitor } = await signedIn(first.user)
  await visitor.submit(await visitor.go('/account/apps'), { action: 'remove' })
  await tokensFor(server, first.client, first.user)

  const over = await server.visitor().go(link)

  assert.equal(over.status, 404)
  assert.equal(await second.isActive(), true)
  for (const wrong of ['', '?t=', `?t=${'x'.repeat(43)}`, '?t=%00']) {
    assert.equal((await server.visitor().go(`/account/apps/not-me${wrong}`)).status, 404)
  }
})

test('a forged post to the link’s page is refused, and an old link is over', async () => {
  const { inbox, isActive } = await connected()
  const { link } = await inbox.next()
  const t = new URL(link, server.url).searchParams.get('t') ?? ''
  const body = new URLSearchParams({ t })
  const init = { method: 'POST', body, headers: { origin: server.url } }

  assert.equal((await server.visitor().go('/account/apps/not-me', init)).status, 403) // A87
  await server.db.query('update consent_notices set expires_at = now()')
  assert.equal((await server.visitor().go(link)).status, 404)
  assert.equal(await isActive(), true)
})

async function changing(email = `${randomUUID()}@example.com`) {
  const user = await server.user()
  const { visitor, page } = await signedIn(user)
  const ask = (fields: object = {}) =>
    visitor.submit(
      page,
      { email, email_password: password, ...fields },
      { form: 'form[action="/account/email/ask"]' },
    )
  const emailNow = async () => (await findAccount(server.db, user.id))?.email
  return { user, email, visitor, ask, emailNow, inbox: new Inbox(server, email) }
}

test('a new address counts when its mailbox has answered, and the old one is told', async () => {
  const { user, email, visitor, ask, emailNow, inbox } = await changing()

  assert.match((await ask()).text, /a link is on its way there/)
  const { link } = await inbox.next()
  assert.equal(await emailNow(), user.email)
  const question = await visitor.go(link)
  assert.match(question.text, new RegExp(`signed in as ${user.email}.*${email}`))
  assert.equal(await emailNow(), user.email) // A110
  const changed = await visitor.submit(question, {})

  assert.match(changed.text, /Your address is changed/)
  assert.equal(await emailNow(), email)
  const old = new Inbox(server, user.email)
  assert.equal((await old.next()).subject, 'Another e-mail address was asked for')
  assert.equal((await old.next()).subject, 'Your e-mail address was changed')
  assert.equal((await visitor.go(link)).status, 404)
  assert.equal((await signedIn({ ...user, email })).page.url, `${server.url}/account`)
})

// A114
test('the owner of a mailbox never gives it to whoever is signed in as somebody else', async () => {
  const { user, email, visitor, ask, emailNow, inbox } = await changing()
  await ask()
  const mail = await inbox.next()
  const words = mail.text.replaceAll('\n', ' ')
  assert.match(words, new RegExp(`Somebody who is signed in as ${user.email} asked`))
  assert.match(words, /If that was not you, do nothing/)
  const other = await signedIn(await server.user())
  const question = await visitor.go(mail.link)

  for (const stranger of [server.visitor(), other.visitor]) {
    const page = await stranger.go(mail.link)
    const [field] = (await stranger.go('/forgot-password')).html.querySelectorAll('[name=_csrf]')
    const t = new URL(mail.link, server.url).searchParams.get('t') ?? ''
    const body = new URLSearchParams({ t, _csrf: field?.getAttribute('value') ?? '' })
    const headers = { origin: server.url }
    const forced = await stranger.go('/account/email', { method: 'POST', body, headers })

    assert.deepEqual([page.status, forced.status], [403, 403])
    assert.match(forced.text, /Open the link where you are signed in/)
    for (const word of [user.email, email]) assert.ok(!(page.text + forced.text).includes(word))
    assert.equal(page.html.querySelector('form[action="/account/email"]'), null)
  }

  assert.equal(await emailNow(), user.email)
  assert.match((await visitor.submit(question, {})).text, /Your address is changed/)
})

// A114
test('a change that was asked for ends with other sessions and with the password', async () => {
  const { user, email, visitor, ask, emailNow, inbox } = await changing()
  const { visitor: owner, page } = await signedIn(user)
  const ends = [
    () => owner.submit(page, {}, { form: 'form[action="/account/sessions"]' }),
    () => owner.submit(page, { current_password: password, password: 'a meadow at noon' }),
  ]
  await ask()
  const asked = await new Inbox(server, user.email).next()
  assert.equal(asked.link, '/forgot-password')

  for (const end of ends) {
    const { link } = await inbox.next()
    assert.equal((await owner.go(link)).status, 200)
    await end()
    assert.equal((await owner.go(link)).status, 404)
    const email_password = password
    await owner.submit(await owner.go('/account'), { email, email_password })
  }

  assert.equal(await emailNow(), user.email)
  assert.equal((await visitor.go('/account')).url, `${server.url}/login`)
})

test('an address is asked for with the password only, and must be one', async () => {
  const { ask, inbox, user } = await changing()

  const wrong = await ask({ email_password: 'not it' })
  assert.equal(wrong.status, 400) // A115
  assert.match(wrong.text, /not your current password/)
  assert.match((await ask({ email: 'nonsense' })).text, /Enter one e-mail address/)
  assert.match((await ask({ email: user.email })).text, /your address already/)
  assert.ok(await inbox.isEmpty())
})

// A104
test('nobody learns that an address has an account, and nobody takes it', async () => {
  const owner = await server.user()
  const { ask, emailNow, user, inbox } = await changing(owner.email)
  const free = await changing()

  const [taken, untaken] = [await ask(), await free.ask()]

  assert.equal(taken.status, untaken.status)
  assert.match(taken.text, /a link is on its way there/)
  const mail = await inbox.next()
  assert.match(mail.text, /It has an account of its own already/)
  assert.equal(mail.link, '/')
  assert.equal(await emailNow(), user.email)
})

test('an address that somebody took meanwhile is refused, and a newer link replaces the older', async () => {
  const { ask, email, visitor, emailNow, user, inbox } = await changing()
  await ask()
  const older = await inbox.next()
  await ask()
  const { link } = await inbox.next()
  assert.equal((await server.visitor().go(older.link)).status, 404)
  const question = await visitor.go(link)
  await server.user({ email })

  const refused = await visitor.submit(question, {})

  assert.equal(refused.status, 409)
  assert.equal(await emailNow(), user.email)
})

test('of two who confirm one address at the same moment one gets it, and the other is told', async () => {
  for (let round = 0; round < 4; round++) {
    const email = `${randomUUID()}@example.com`
    const both = [await changing(email), await changing(email)]
    const inbox = new Inbox(server, email)
    const questions: { visitor: Visitor; question: Page }[] = []
    for (const { ask, visitor } of both) {
      await ask()
      questions.push({ visitor, question: await visitor.go((await inbox.next()).link) })
    }

    const answers = await Promise.all(
      questions.map(({ visitor, question }) => visitor.submit(question, {})),
    )

    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
    const now = await Promise.all(both.map(({ emailNow }) => emailNow()))
    assert.deepEqual(now.map((address) => address === email).sort(), [false, true])
  }
})

const skip = testEngine === 'pglite' && 'one connection: nothing happens at the same moment'

test('an address that is taken between the look and the change is refused', { skip }, async () => {
  const { ask, email, visitor, emailNow, user, inbox } = await changing()
  await ask()
  const question = await visitor.go((await inbox.next()).link)

  const refused = await server.db.transaction(async (tx) => {
    await createAccount(tx, { email, emailKey: email, emailVerified: true })
    const submitted = visitor.submit(question, {})
    await sleep(500)
    return { submitted }
  })

  const page = await refused.submitted
  assert.equal(page.status, 409)
  assert.match(page.text, /This address has an account already/)
  assert.equal(await emailNow(), user.email)
  assert.equal((await visitor.go(question.url)).status, 404)
})
