import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password } from './harness.ts'
import { sharedServer } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

const server = await sharedServer()
const login = '/fedcm/login'

/** Signed in on our own page, as the browser's dialog knows. */
async function signedIn() {
  const user = await server.user()
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return { user, visitor }
}

/** A browser that lost FedCM's cookie, or that never had one, and has the session's. */
async function forget(visitor: Visitor): Promise<void> {
  const { jar } = visitor
  const kept = (await jar.getCookies(server.url)).filter(({ key }) => key !== 'agpt_fedcm')
  await jar.removeAllCookies()
  for (const cookie of kept) await jar.setCookie(cookie, server.url)
}

const shown = async (visitor: Visitor): Promise<string | undefined> => {
  const headers = { 'sec-fetch-dest': 'webidentity', accept: 'application/json' }
  const answer = await visitor.fetch('/fedcm/accounts', { headers })
  return answer.status === 200 ? (await answer.json()).accounts[0].email : undefined
}

/** IdentityProvider.close(): the browser goes on with whom it finds signed in. */
function assertCloses(page: Page): void {
  assert.ok(page.html.querySelector('script[src^="/assets/fedcm.js"][data-answer=""]'))
  assert.equal(page.headers.get('set-login'), 'logged-in')
}

test('whoever is signed in, unknown to the browser’s dialog, is told to it and goes on', async () => {
  const { user, visitor } = await signedIn()
  await forget(visitor)
  assert.equal(await shown(visitor), undefined)

  assertCloses(await visitor.go(login))

  assert.equal(await shown(visitor), user.email)
})

test('whoever is on the dialog’s list goes on, or lets somebody else sign in', async () => {
  const { user, visitor } = await signedIn()
  const other = await server.user()

  const asked = await visitor.go(login)

  assert.match(asked.text, new RegExp(user.email))
  assert.equal(asked.html.querySelector('script'), null)
  assert.equal(asked.headers.get('cross-origin-resource-policy'), 'same-origin')
  assertCloses(await visitor.go(asked.html.querySelector('a.primary')?.getAttribute('href') ?? ''))
  assert.equal(await shown(visitor), user.email)
  const form = await visitor.submit(asked, {}, { form: 'form' })
  assert.equal(form.url, `${server.url}/fedcm/login`)
  assertCloses(await visitor.submit(form, { email: other.email, password }))
  assert.equal(await shown(visitor), other.email)
})

test('a browser that names whom it wants is not given somebody else unasked', async () => {
  const { user, visitor } = await signedIn()
  await forget(visitor)
  const hinted = (hint: string) => `${login}?${new URLSearchParams({ login_hint: hint })}`

  const asked = await visitor.go(hinted('grace@example.com'))
  const form = await visitor.submit(asked, {}, { form: 'form' })

  assert.match(asked.text, new RegExp(user.email))
  assert.equal(form.html.querySelector('#email')?.getAttribute('value'), 'grace@example.com')
  const again = await signedIn()
  await forget(again.visitor)
  assertCloses(await again.visitor.go(hinted(again.user.email)))
})

test('a window where nobody is signed in does not say that somebody is', async () => {
  const visitor = server.visitor()

  for (const path of [login, '/fedcm/signed-in']) {
    const page = await visitor.go(path)

    assert.equal(page.url, server.url + login)
    assert.equal(page.headers.get('set-login'), null)
    assert.ok(page.html.querySelector('#password'))
  }
})
