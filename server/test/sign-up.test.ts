import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findAccountByEmailKey } from '#db/accounts.ts'
import { authorizePath, callbackParams, startServer, type TestServer } from './harness.ts'
import { Inbox } from './inbox.ts'
import type { Page, Visitor } from './visitor.ts'

const ada = { email: 'ada@example.com', password: 'a quiet meadow at noon', name: 'Ada Lovelace' }

const credentials = { email: ada.email, password: ada.password }

async function signUp(server: TestServer, visitor = server.visitor(), fields = {}) {
  const inbox = new Inbox(server, ada.email)
  const page = await visitor.submit(await visitor.go('/signup'), { ...ada, ...fields })
  return { visitor, inbox, page }
}

const confirmForm = 'form[action="/verify"]'
const isSignedIn = async (visitor: Visitor) =>
  (await visitor.go('/account')).url.endsWith('/account')
const heading = (page: Page) => page.html.querySelector('h1')?.text

test('the code from the mail makes the account and signs in', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  assert.equal(heading(page), 'Check your mail')
  assert.equal(
    page.html.querySelector('[name="code"]')?.getAttribute('autocomplete'),
    'one-time-code',
  )

  const { code } = await inbox.next()
  const after = await visitor.submit(page, { code: ` ${code.slice(0, 3)} ${code.slice(3)}` })

  assert.equal(after.url, `${server.url}/account`)
  const account = await findAccountByEmailKey(server.db, ada.email)
  assert.equal(account?.name, 'Ada Lovelace')
  assert.ok(account?.emailVerifiedAt)
})

// A114
test('no account exists before the mailbox answered, so nobody can take an address', async (t) => {
  const server = await startServer(t)
  await signUp(server)

  assert.equal(await findAccountByEmailKey(server.db, ada.email), undefined)
  const visitor = server.visitor()
  const page = await visitor.submit(await visitor.go('/login'), credentials)
  assert.equal(page.status, 400)
})

// A114
test('whoever asked first for a stranger’s address has nothing once its owner signed up', async (t) => {
  const server = await startServer(t)
  const attacker = await signUp(server, undefined, { password: 'the attacker waits here' })
  const { link } = await attacker.inbox.next()
  const owner = await signUp(server)
  await owner.inbox.next()

  await owner.visitor.submit(owner.page, { code: (await owner.inbox.next()).code })

  const late = await owner.visitor.submit(await owner.visitor.go(link), {}, { form: confirmForm })
  assert.equal(heading(late), 'You already have an account')
  assert.equal((await attacker.visitor.go(attacker.page.url)).status, 404)
  assert.equal(await isSignedIn(attacker.visitor), false)
})

test('the sign-up within an app’s request ends at the app', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const visitor = server.visitor()
  const login = await visitor.go(authorizePath(client))
  const form = await visitor.go(
    login.html.querySelector('a[href$="/signup"]')?.getAttribute('href') ?? '',
  )

  const page = await visitor.submit(form, ada)
  const { code } = await new Inbox(server, ada.email).next()
  const consent = await visitor.submit(page, { code })
  const end = await visitor.submit(consent, { decision: 'approve' })

  assert.ok(callbackParams(end).code)
})

test('the link may be opened in the same browser, which then goes on to the app', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const visitor = server.visitor()
  const login = await visitor.go(authorizePath(client))
  const signUpPath = login.html.querySelector('a[href$="/signup"]')?.getAttribute('href') ?? ''
  await visitor.submit(await visitor.go(signUpPath), ada)

  const { link } = await new Inbox(server, ada.email).next()
  const consent = await visitor.submit(await visitor.go(link), {}, { form: confirmForm })

  assert.ok(consent.html.querySelector('[name="decision"]'), consent.text)
})

test('a link opened in another browser confirms there, and the waiting tab goes on once', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { link } = await inbox.next()
  const phone = server.visitor()

  const asked = await phone.go(link)
  assert.match(asked.text, /began in another browser/)
  const done = await phone.submit(asked, {}, { form: confirmForm })

  assert.equal(heading(done), 'Confirmed')
  assert.equal(await isSignedIn(phone), false)
  const copied = await server.visitor().go(page.url)
  assert.equal(copied.status, 404)
  assert.equal((await visitor.go(page.url)).url, `${server.url}/account`)
  const again = await visitor.go(page.url)
  assert.equal(again.status, 404)
})

test('the waiting tab says so while the link was not used', async (t) => {
  const server = await startServer(t)
  const { visitor, page } = await signUp(server)

  const opened = page.html.querySelector('a[href*="opened"]')?.getAttribute('href') ?? ''
  const still = await visitor.go(opened)

  assert.match(still.text, /The link has not been used yet/)
})

// A110
test('a mail scanner that opens the link spends nothing, and no other method does', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { link, code } = await inbox.next()

  const scanner = server.visitor()
  await scanner.go(link)
  await scanner.fetch(link, { method: 'HEAD' })
  await scanner.go(link)

  assert.equal((await visitor.submit(page, { code })).url, `${server.url}/account`)
})

test('a link is spent once, by link or by code', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { link, code } = await inbox.next()
  const asked = await visitor.go(link)

  await visitor.submit(asked, {}, { form: confirmForm })

  const second = await server.visitor().go(link)
  assert.equal(second.status, 404)
  assert.equal(heading(second), 'This step is over')
  assert.equal((await visitor.submit(page, { code })).status, 404)
})

// A117
test('after five wrong codes the right one is worth nothing, and a new mail helps', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { code } = await inbox.next()
  const wrong = code === '000000' ? '111111' : '000000'

  assert.match((await visitor.submit(page, { code: wrong })).text, /4 more tries/)
  for (let i = 0; i < 4; i++) await visitor.submit(page, { code: wrong })
  assert.match((await visitor.submit(page, { code })).text, /no longer works/)
  const next = await visitor.submit(page, {}, { form: 'form[action$="/resend"]' })
  assert.match(next.text, /We sent a new message/)
  const after = await visitor.submit(next, { code: (await inbox.next()).code })

  assert.equal(after.url, `${server.url}/account`)
})

test('what is no code counts as no attempt', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { code } = await inbox.next()

  for (const junk of ['', '12345', 'abcdef', '1234567', '\0']) {
    assert.match((await visitor.submit(page, { code: junk })).text, /Enter the six digits/)
  }

  assert.equal((await visitor.submit(page, { code })).url, `${server.url}/account`)
})

test('a code belongs to the browser that asked', async (t) => {
  const server = await startServer(t)
  const { inbox, page, visitor } = await signUp(server)
  const { code } = await inbox.next()
  const other = server.visitor()
  const own = await signUp(server, other, { email: 'eve@example.com' })

  const body = new URLSearchParams({ code, _csrf: csrfOf(own.page) })
  const stolen = await other.go(new URL(page.url).pathname, { method: 'POST', body })

  assert.equal(stolen.status, 404)
  assert.equal((await visitor.submit(page, { code })).url, `${server.url}/account`)
})

// A113
test('of many sign-ups that are confirmed at the same time one makes the account', async (t) => {
  const server = await startServer(t)
  const people = await Promise.all(
    Array.from({ length: 4 }, (_, i) => signUp(server, undefined, { name: `Ada ${i}` })),
  )
  const inbox = new Inbox(server, ada.email)
  const links: string[] = []
  while (links.length < people.length) links.push((await inbox.next()).link)

  const pages = await Promise.all(
    links.map(async (link) => {
      const visitor = server.visitor()
      return visitor.submit(await visitor.go(link), {}, { form: confirmForm })
    }),
  )

  assert.deepEqual(pages.map(heading).sort(), [
    'Confirmed',
    ...Array(3).fill('You already have an account'),
  ])
  const { rows } = await server.db.query('select 1 from accounts where email_key = $1', [ada.email])
  assert.equal(rows.length, 1)
})

// A104
test('for an address that has an account the page is the same, and the mail says so', async (t) => {
  const server = await startServer(t)
  await server.user({ email: ada.email })

  const taken = await signUp(server)
  const free = await signUp(server, undefined, { email: 'eve@example.com' })

  assert.equal(neutral(taken.page), neutral(free.page).replaceAll('eve@', 'ada@'))
  assert.deepEqual([...taken.page.headers.keys()], [...free.page.headers.keys()])
  const mail = await taken.inbox.next()
  assert.equal(mail.subject, 'You already have an account')
  assert.equal(mail.code, '')
  assert.equal(mail.link, '/login')
})

// A111
test('the page shows the address as it was asked for, not as it is stored', async (t) => {
  const server = await startServer(t)
  await server.user({ email: ada.email })

  const { page } = await signUp(server, undefined, { email: 'ADA@Example.com' })

  assert.match(page.text, /to ADA@example\.com/)
})

// A112
test('what is wrong stands at its field, and what was typed stays, but for the password', async (t) => {
  const server = await startServer(t)

  const { page } = await signUp(server, undefined, {
    email: 'ada@',
    password: 'lovelace',
    name: '<script>alert(1)</script>',
  })

  assert.equal(page.status, 400)
  assert.equal(page.html.querySelector('#email')?.getAttribute('value'), 'ada@')
  assert.equal(page.html.querySelector('#name')?.getAttribute('value'), '<script>alert(1)</script>')
  assert.equal(page.html.querySelector('#password')?.getAttribute('value'), undefined)
  assert.match(page.html.querySelector('#email-error')?.text ?? '', /such as name@example\.com/)
  assert.match(
    page.html.querySelector('#password-error')?.text ?? '',
    /Attackers try this password/,
  )
  assert.doesNotMatch(page.text, /<script>/)
})

// A112
test('a password of 72 bytes and one more is not cut', async (t) => {
  const server = await startServer(t)
  const long = `${'a'.repeat(72)}x`
  const { visitor, inbox, page } = await signUp(server, undefined, { password: long })
  await visitor.submit(page, { code: (await inbox.next()).code })

  const login = async (password: string) => {
    const someone = server.visitor()
    return (await someone.submit(await someone.go('/login'), { email: ada.email, password })).status
  }

  assert.equal(await login('a'.repeat(72)), 400)
  assert.equal(await login(long), 200)
})

test('the mail and the pages speak the language of the browser', async (t) => {
  const server = await startServer(t)
  const visitor = server.visitor({ 'accept-language': 'de-AT,de;q=0.9' })
  const inbox = new Inbox(server, ada.email)

  const page = await visitor.submit(await visitor.go('/signup'), ada)

  assert.equal(heading(page), 'Sehen Sie in Ihre E-Mails')
  assert.equal((await inbox.next()).subject, 'E-Mail-Adresse bestätigen')
})

test('on a loopback issuer without SMTP the page links to the message', async (t) => {
  const server = await startServer(t)
  const { visitor, inbox, page } = await signUp(server)
  const { code } = await inbox.next()

  const message = await visitor.go(
    page.html.querySelector('a[href^="/outbox/"]')?.getAttribute('href') ?? '',
  )

  assert.equal(message.status, 200)
  assert.match(message.text, new RegExp(code))
  assert.ok(message.html.querySelector('a[href*="/verify?t="]'))
  assert.equal((await visitor.go('/outbox/')).status, 404)
})

const csrfOf = (page: Page) =>
  page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''

/** A page without what is random in it. */
const neutral = ({ status, text }: Page) =>
  `${status} ${text}`
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/\d{8}T\d{9}Z-[\w-]{22}/g, 'MESSAGE')
    .replace(/value="[\w-]{43}"/g, 'CSRF')
