import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { findConsentOf } from '#db/consents.ts'
import { fedcmBinding } from '../src/fedcm/binding.ts'
import { deriveKeys } from '../src/keys.ts'
import { assertion, fedcmVisit, origin } from './fedcm.ts'
import { exchange, password, secretKey, type TestClient, type TestUser } from './harness.ts'
import { sharedServer } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

// The browser hands what this window answers to the page that opened the dialog, and that page may
// have led the window elsewhere.
const server = await sharedServer()
const more = { scope: 'openid READ_GRAPH' }
const otherChallenge = createHash('sha256').update('of another app').digest('base64url')

/** Where the dialog of this app goes on. */
async function window(visitor: Visitor, user: TestUser, client: TestClient, params: object = more) {
  const { body } = await assertion(visitor, user, client, { params })
  return new URL(body.continue_on)
}

const changed = (url: URL, params: Record<string, string | undefined>): string => {
  const query = new URLSearchParams(url.searchParams)
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) query.delete(name)
    else query.set(name, value)
  }
  return `${url.pathname}?${query}`
}

const answerIn = ({ html }: Page) =>
  html.querySelector('[data-answer]')?.getAttribute('data-answer')

function assertRefused(page: Page, what = page.url): void {
  assert.equal(page.status, 400, what)
  assert.equal(page.url.startsWith(server.url), true, what)
  assert.match(page.text, /This window is for something else/, what)
  assert.match(page.text, /start again/, what)
  assert.equal(page.html.querySelector('script'), null, what)
  assert.doesNotMatch(page.text, /fedcm\.js|data-answer/, what)
}

/** Somebody who allowed an app all of it, so that the window would answer at once. */
async function consented() {
  const visit = await fedcmVisit(server)
  const { visitor, user, client } = visit
  const page = await visitor.go(changed(await window(visitor, user, client), {}))
  await visitor.submit(page, { decision: 'approve' }, { form: 'form.consent' })
  const url = await window(visitor, user, client, { ...more, max_age: '0' })
  url.searchParams.delete('max_age')
  return { ...visit, url }
}

const codesOf = async ({ id }: TestUser): Promise<number> =>
  (
    await server.db.query(
      `select 1 from authorization_codes a
         join token_families f on f.id = a.family_id
         join consents c on c.id = f.consent_id
        where c.account_id = $1`,
      [id],
    )
  ).rows.length

test('the window answers the request of its dialog, and again within its time', async () => {
  const { visitor, client, url } = await consented()

  for (const _ of [1, 2]) {
    const { code } = JSON.parse(answerIn(await visitor.go(changed(url, {}))) ?? '')

    assert.equal((await exchange(server, client, code)).status, 200)
  }
})

// A177, RFC 9700 4.17
test('a request that no dialog asked for is not answered to one', async () => {
  const { visitor, user, url } = await consented()
  const before = await codesOf(user)
  const sent = url.searchParams.get('fedcm_binding') ?? ''
  const [head, claims = '', mac] = sent.split('.')
  const forged = Buffer.from(claims, 'base64url').toString().replace('app.example', 'e.example')
  const none = Buffer.from('{"alg":"none","typ":"fedcm-binding+jwt"}').toString('base64url')

  for (const fedcm_binding of [
    undefined,
    '',
    'nonsense',
    `${head}.${claims}.${'A'.repeat(43)}`,
    `${head}.${Buffer.from(forged).toString('base64url')}.${mac}`,
    `${none}.${claims}.`,
  ]) {
    assertRefused(await visitor.go(changed(url, { fedcm_binding })), fedcm_binding)
  }
  assert.equal(await codesOf(user), before)
})

test('nobody is asked to sign in for what would not be answered', async () => {
  const { url } = await consented()

  assertRefused(await server.visitor().go(changed(url, { fedcm_binding: undefined })))

  const page = await server.visitor().go(changed(url, {}))
  assert.ok(page.html.querySelector('#password'))
})

// A177
test('the binding of one app does not open the window of another', async () => {
  const { visitor, user, client: victim, url } = await consented()
  const evil = await server.client({ type: 'spa', scopes: ['IDENTITY', 'READ_GRAPH'] })
  const opened = await window(visitor, user, evil)
  const before = await codesOf(user)

  const fedcm_binding = opened.searchParams.get('fedcm_binding') ?? ''
  assertRefused(await visitor.go(changed(url, { fedcm_binding })))
  assertRefused(await visitor.go(changed(opened, { client_id: victim.clientId })))

  assert.equal(await codesOf(user), before)
})

// A177
test('another challenge or address than the dialog’s is refused', async () => {
  const redirectUris = ['https://app.example/callback', 'https://app.example/other']
  const { visitor, user, client } = await fedcmVisit(server, { redirectUris })
  const url = await window(visitor, user, client)

  assertRefused(await visitor.go(changed(url, { code_challenge: otherChallenge })))
  assertRefused(await visitor.go(changed(url, { redirect_uri: redirectUris[1] })))
  // Neither is an error of such a request told to the dialog.
  const prompt = 'none'
  assertRefused(await visitor.go(changed(url, { code_challenge: otherChallenge, prompt })))
  assertRefused(await visitor.go(changed(url, { fedcm_binding: undefined, scope: 'openid NONE' })))
})

// A177
test('a window that was opened too long ago, or by a page that is the app’s no more, is over', async () => {
  const { visitor, user, client, url } = await consented()
  const { fedcmBinding: keys, fedcm } = deriveKeys(secretKey)
  const whose = { clientId: client.clientId, origin, accountId: user.id }
  const redirectUri = url.searchParams.get('redirect_uri') ?? ''
  const codeChallenge = url.searchParams.get('code_challenge') ?? ''
  const fields = { ...whose, redirectUri, codeChallenge }
  const at = async (sealed: Promise<string>) =>
    visitor.go(changed(url, { fedcm_binding: await sealed }))
  const minutes = (count: number) => Date.now() - count * 60_000

  assertRefused(await at(fedcmBinding(keys).make(fields, minutes(16))))
  assertRefused(await at(fedcmBinding(keys).make({ ...fields, origin: 'https://e.example' })))
  assertRefused(await at(fedcmBinding(fedcm).make(fields)))
  assert.ok(answerIn(await at(fedcmBinding(keys).make(fields, minutes(14)))))
})

// A177
test('another person than the dialog’s is asked nothing and gives no answer', async () => {
  const { visitor, url } = await consented()
  const other = await server.user()
  const stranger = server.visitor()
  await stranger.submit(await stranger.go('/login'), { email: other.email, password })

  assertRefused(await stranger.go(changed(url, {})))

  assert.ok(answerIn(await visitor.go(changed(url, {}))))
})

// A177
test('whoever signs in as somebody else in the window starts again', async () => {
  const { visitor, user, client } = await fedcmVisit(server)
  const other = await server.user()
  const url = await window(visitor, user, client, { ...more, prompt: 'login' })

  const form = await visitor.go(changed(url, {}))
  assertRefused(await visitor.submit(form, { email: other.email, password }))

  assert.equal(await codesOf(other), 0)
  assert.equal(await findConsentOf(server.db, other.id, client.clientId), undefined)
})

test('whoever signs in anew as the same person is asked, and answered', async () => {
  const { visitor, user, client } = await fedcmVisit(server)
  const url = await window(visitor, user, client, { ...more, prompt: 'login' })

  const form = await visitor.go(changed(url, {}))
  const page = await visitor.submit(form, { email: user.email, password })
  const end = await visitor.submit(page, { decision: 'approve' }, { form: 'form.consent' })

  const { code } = JSON.parse(answerIn(end) ?? '')
  assert.equal((await exchange(server, client, code)).status, 200)
})
