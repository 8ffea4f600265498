import assert from 'node:assert/strict'
import { test } from 'node:test'
import { updateAccount } from '#db/accounts.ts'
import { password, type TestServer } from './harness.ts'
import { Inbox } from './inbox.ts'
import { sharedServer, signIn } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

const server = await sharedServer()

const tokenOf = ({ html }: Page) =>
  html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
const posted = (fields: Record<string, string>) => ({
  method: 'POST',
  body: new URLSearchParams(fields),
  headers: { origin: server.url },
})

const people = ['/account', '/account/apps', '/account/api-keys', '/account/delete']
const administrators = ['/admin', '/admin/apps/new']

for (const path of [...people, ...administrators]) {
  test(`whoever signs in on the way to ${path} gets there, and nobody else does`, async () => {
    const user = await server.user({ roles: administrators.includes(path) ? ['admin'] : [] })
    const visitor = server.visitor()

    const login = await visitor.go(`${path}?cursor=x`)
    const mistake = await visitor.submit(login, { email: user.email, password: 'not this one' })
    const end = await visitor.submit(mistake, { email: user.email, password })

    assert.match(login.url, /\/login$/)
    assert.equal(mistake.status, 400)
    assert.deepEqual([end.status, end.url], [200, server.url + path])
    // Again from the address of the form: a second click, a tab that stayed open.
    assert.equal((await visitor.go(login.url)).url, server.url + path)
    assert.equal((await signIn(server.visitor(), '/login', user)).url, `${server.url}/account`)
  })
}

test('a page is found in whatever letters it is asked for, and with a slash after it', async () => {
  const user = await server.user()

  for (const path of ['/Account/Apps', '/account/apps/']) {
    const end = await signIn(server.visitor(), path, user)

    assert.equal(end.url, `${server.url}/account/apps`)
  }
})

test('two tabs that wait for a sign-in go on each to its own page', async () => {
  const [user, visitor] = [await server.user(), server.visitor()]
  const [apps, keys] = [await visitor.go('/account/apps'), await visitor.go('/account/api-keys')]

  const credentials = { email: user.email, password }

  assert.equal((await visitor.submit(apps, credentials)).url, `${server.url}/account/apps`)
  assert.equal((await visitor.submit(keys, credentials)).url, `${server.url}/account/api-keys`)
})

test('a form that is sent when the session is over leads back to its page', async () => {
  const user = await server.user()
  const visitor = server.visitor()
  const page = await signIn(visitor, '/account/api-keys', user)
  await server.db.query('delete from sessions where account_id = $1', [user.id])

  const login = await visitor.submit(page, { name: 'mine', expires_in_days: '9' })
  const ofKey = await visitor.go('/account/api-keys/x', posted({ _csrf: tokenOf(page) }))
  const end = await visitor.submit(login, { email: user.email, password })

  assert.equal(ofKey.url, login.url)
  assert.equal(end.url, `${server.url}/account/api-keys`)
})

const follow = (visitor: Visitor, page: Page, link: string) =>
  visitor.go(page.html.querySelector(`a[href$="${link}"]`)?.getAttribute('href') ?? '')

test('who signs up on the way gets there by the code, and by the link of the mail', async () => {
  for (const way of ['code', 'link'] as const) {
    const [visitor, email] = [server.visitor(), `${way}@example.com`]
    const form = await follow(visitor, await visitor.go('/account/apps'), '/signup')
    const page = await visitor.submit(form, { email, name: 'Ada', password })
    const mail = await new Inbox(server, email).next()

    const end =
      way === 'code'
        ? await visitor.submit(page, { code: mail.code })
        : await visitor.submit(await visitor.go(mail.link), {}, { form: 'form[action="/verify"]' })

    assert.equal(end.url, `${server.url}/account/apps`)
  }
})

test('who has to choose a new password or confirm an address on the way gets there', async () => {
  const [forgetful, unverified] = [await server.user(), await server.user()]
  await updateAccount(server.db, unverified.id, { emailVerifiedAt: null })
  const [one, two] = [server.visitor(), server.visitor()]

  const form = await follow(one, await one.go('/account/apps'), '/forgot-password')
  await one.submit(form, { email: forgetful.email })
  const { link } = await new Inbox(server, forgetful.email).next()
  const reset = await one.submit(await one.go(link), { password: 'a quiet meadow at noon' })
  const waiting = await signIn(two, '/account/apps', unverified)
  const { code } = await new Inbox(server, unverified.email).next()
  const confirmed = await two.submit(waiting, { code })

  assert.equal(reset.url, `${server.url}/account/apps`)
  assert.equal(confirmed.url, `${server.url}/account/apps`)
})

const elsewhere = [
  '/evil.example',
  '%2F%2Fevil.example',
  '%5Cevil.example',
  '/%5C/evil.example',
  'https:%2F%2Fevil.example',
  'https:evil.example',
  '%09%2F%2Fevil.example',
  '%0D%0ALocation:%20%2F%2Fevil.example',
  '..%2F..%2Fevil',
  '%252F%252Fevil.example',
  'evil.example',
  'logout',
  '__proto__',
  'constructor',
  'toString',
  'Apps',
  'apps%00',
  '%E0%A4%A',
]

// A22
test('no word in the address of a sign-in leads anywhere but to a page on our list', async () => {
  const user = await server.user()
  const visitor = server.visitor()
  const _csrf = tokenOf(await visitor.go('/login'))
  const credentials = { email: user.email, password, _csrf }

  for (const word of elsewhere) {
    for (const step of ['login', 'signup', 'forgot-password', 'use-another-account']) {
      for (const init of [{}, posted(credentials)]) {
        const { status, headers } = await visitor.fetch(`${server.url}/to/${word}/${step}`, init)

        assert.ok(status === 404 || status === 400 || status === 405, `${status}: ${word} ${step}`)
        assert.equal(headers.get('location'), null, word)
      }
    }
  }
  assert.equal(await isSignedIn(server, visitor), false)
})

const isSignedIn = async ({ url }: TestServer, visitor: Visitor) =>
  (await visitor.go('/account')).url === `${url}/account`

// A22
test('what is asked beside the page goes nowhere with the sign-in', async () => {
  const user = await server.user()
  const tricks = '?next=//evil.example&cursor=%5Cevil.example&saved=removed'

  const end = await signIn(server.visitor(), `/account/apps${tricks}`, user)

  assert.equal(end.url, `${server.url}/account/apps`)
  assert.equal(end.html.querySelector('.notice'), null)
})
