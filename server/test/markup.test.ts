import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams } from './harness.ts'
import { decide, send, sharedServer, signIn } from './requests.ts'
import type { Page } from './visitor.ts'

const server = await sharedServer()

const payloads = {
  'a script': '<script>alert(1)</script>',
  'an image that leaves its attribute': '"><img src=x onerror=alert(1)>',
  'an attribute of its own': "' onmouseover='alert(1)",
  'a script that leaves the title': '</title><script>alert(1)</script>',
  'a template': '{{7777*9999}}<%= 7777*9999 %>',
  'an address that runs': 'javascript:alert(1)',
  'signs that nobody sees': '\u2028\u202e\u200b',
}

/** Nothing that came from outside became markup, and if it had, nothing of it would run. */
function assertOnlyText(page: Page): void {
  const { html } = page
  assert.deepEqual(
    html.querySelectorAll('script').map((script) => script.text),
    [],
  )
  for (const element of html.querySelectorAll('*')) {
    for (const [name, value] of Object.entries(element.attributes)) {
      assert.doesNotMatch(name, /^on/i, `${element.tagName} ${name}`)
      if (/^(href|src|action|formaction)$/i.test(name)) {
        assert.match(value, /^(\/|https:\/\/|#|mailto:|http:\/\/localhost)/i, `${name}=${value}`)
      }
    }
  }
  assert.ok(!page.text.includes('77762223'), 'a template was evaluated')
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|script-src/)
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8') // A130
  assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
}

for (const [what, payload] of Object.entries(payloads)) {
  test(`an app and a person with ${what} for a name are only text`, async () => {
    const logo = payload.startsWith('javascript:') ? payload : `https://app.example/${payload}`
    const client = await server.client({
      name: payload,
      description: payload,
      logoUrl: logo,
      website: payload,
      privacyUrl: payload,
      termsUrl: payload,
      approvedAt: null,
      optionalScopes: ['READ_GRAPH'],
    })
    const user = await server.user({ name: payload })

    const login = await server.visitor().go(authorizePath(client, { login_hint: payload }))
    const consent = await signIn(server.visitor(), authorizePath(client), user)
    const visitor = server.visitor()
    await signIn(visitor, '/login', user)
    const account = await visitor.go('/account')

    // A97, A127
    for (const page of [login, consent, account]) assertOnlyText(page)
    assert.ok(consent.html.querySelector('form.consent'))
    if (!/\u2028/.test(payload)) assert.ok(consent.html.querySelector('h1')?.text.includes(payload))
  })

  test(`${what} in a request is only text on every page about it`, async () => {
    const client = await server.client()
    const ask = (params: Record<string, string | undefined>) =>
      server.visitor().go(authorizePath(client, params))

    // A127
    for (const page of [
      await ask({ client_id: payload }),
      await ask({ redirect_uri: payload }),
      await ask({ redirect_uri: payload, scope: payload, state: payload }),
      await ask({ redirect_uri: undefined, response_type: payload }),
      await ask({ state: payload, nonce: payload, ui_locales: payload, login_hint: payload }),
      await server.visitor().go(`/auth/logout?client_id=${encodeURIComponent(payload)}`),
      await server
        .visitor()
        .go(`/auth/logout?state=${encodeURIComponent(payload)}&id_token_hint=x`),
      await server.visitor().go(`/${encodeURIComponent(payload)}`),
      await server.visitor().go(`/login?email=${encodeURIComponent(payload)}`),
    ]) {
      if (page.html.querySelector('form[action^="/auth/logout"]')) continue
      assertOnlyText(page)
    }
  })
}

test('a state is never shown on a page', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const state = 'find-me-if-you-can'
  const visitor = server.visitor()

  const login = await server.visitor().go(authorizePath(client, { state }))
  const consent = await signIn(visitor, authorizePath(client, { state }), user)

  for (const { text } of [login, consent]) assert.ok(!text.includes(state)) // A128
  assert.equal(callbackParams(await decide(visitor, consent, {})).state, state)
})

test('languages that are none change nothing', async () => {
  const client = await server.client()

  for (const ui_locales of [
    '../../etc/passwd',
    '__proto__',
    'constructor',
    'x'.repeat(10_000),
    'de\0',
  ]) {
    const page = await server.visitor().go(authorizePath(client, { ui_locales }))

    assert.equal(page.status, 200)
    assert.equal(page.html.querySelector('html')?.getAttribute('lang'), 'en') // A129
  }
  const headers = { 'accept-language': '__proto__,../..;q=x' }
  assert.equal((await send(server, '/login', { headers })).status, 200)
})

test('an app from another alphabet is shown as its address really is', async () => {
  const redirectUris = ['https://xn--80ak6aa92e.com/cb']
  const [client, user] = [await server.client({ redirectUris }), await server.user()]

  const page = await signIn(server.visitor(), authorizePath(client), user)

  assert.ok(page.html.querySelector('.destination')?.text.includes('xn--80ak6aa92e.com')) // A9
})
