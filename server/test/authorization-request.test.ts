import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams, password, signInAndApprove } from './harness.ts'
import { assertErrorPage, decide, errorAtCallback, sharedServer } from './requests.ts'

const server = await sharedServer()

for (const [response_type, error] of [
  ['token', 'unsupported_response_type'],
  ['id_token', 'unsupported_response_type'],
  ['code token', 'unsupported_response_type'],
  ['id_token code', 'unsupported_response_type'],
  ['none', 'unsupported_response_type'],
  ['CODE', 'unsupported_response_type'],
  ['', 'invalid_request'],
  [undefined, 'invalid_request'],
] as const) {
  test(`the response type ${JSON.stringify(response_type)} is refused`, async () => {
    const client = await server.client()

    const page = await server.visitor().go(authorizePath(client, { response_type, nonce: 'n' }))

    // RFC 6749 3.1.1, RFC 9700 2.1.2, A45: an implicit answer would be a fragment
    const address = new URL(page.url.replace('#', '?'))
    assert.equal(address.searchParams.get('error'), error)
    assert.ok(!/access_token|id_token|code=/.test(address.search))
  })
}

test('a machine app cannot send people here', async () => {
  const client = await server.client({ type: 'machine' })

  const page = await server
    .visitor()
    .go(authorizePath(client, { redirect_uri: 'https://app.example/callback' }))

  assertErrorPage(server, page)
})

test('an unknown or disabled client is told so on a page, and no address is followed', async () => {
  const disabled = await server.client({ disabledAt: new Date() } as never)
  await server.db.query('update clients set disabled_at = now() where id = $1', [disabled.id])

  for (const client_id of ['agpt_client_unknown', '', undefined, disabled.clientId]) {
    const page = await server.visitor().go(authorizePath(disabled, { client_id }))

    assertErrorPage(server, page) // RFC 6749 4.1.2.1, A17, A71
    assert.ok(!page.text.includes('Test App'))
  }
})

for (const name of [
  'response_type',
  'scope',
  'state',
  'nonce',
  'prompt',
  'max_age',
  'code_challenge_method',
  'response_mode',
  'login_hint',
  'ui_locales',
  'id_token_hint',
]) {
  test(`${name} given twice is refused`, async () => {
    const client = await server.client()

    const page = await server.visitor().go(`${authorizePath(client)}&${name}=a&${name}=b`)

    // RFC 6749 3.1, A79: and what came twice is not repeated
    const params = callbackParams(page)
    assert.equal(params.error, 'invalid_request')
    assert.match(params.error_description ?? '', new RegExp(name))
    assert.ok(!('code' in params))
  })
}

test('a client_id given twice ends on a page', async () => {
  const client = await server.client()

  const page = await server.visitor().go(`${authorizePath(client)}&client_id=${client.clientId}`)

  assertErrorPage(server, page) // RFC 6749 3.1, A79
})

test('unknown parameters are ignored and empty ones count as left out', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const path = `${authorizePath(client)}&utm_source=x&scope[]=a&resource=&prompt=&nonce=&foo[b]=c`

  const page = await signInAndApprove(server.visitor(), path, user)

  assert.ok(callbackParams(page).code) // RFC 6749 3.1, OIDC Core 3.1.2.1, A80
})

for (const [scope, named] of [
  ['openid NO_SUCH_SCOPE', 'NO_SUCH_SCOPE'],
  ['identity', 'identity'],
  ['IDENTITY WRITE_GRAPH', 'WRITE_GRAPH'],
  ['admin', 'admin'],
] as const) {
  test(`the scope ${named} is refused by its name, unknown or not registered`, async () => {
    const client = await server.client()

    const page = await server.visitor().go(authorizePath(client, { scope }))

    // RFC 6749 3.3, 4.1.2.1: before anybody is asked to sign in
    const { error, error_description } = errorAtCallback(server, page)
    assert.equal(error, 'invalid_scope')
    assert.ok((error_description ?? '').includes(named))
  })
}

test('a scope with letters outside RFC 6749 3.3 is refused', async () => {
  const client = await server.client()

  for (const scope of ['openid "IDENTITY"', 'openid IDENTITY\\', 'openid\tIDENTITY', 'ümlaut']) {
    const page = await server.visitor().go(authorizePath(client, { scope }))

    assert.equal(errorAtCallback(server, page).error, 'invalid_scope')
  }
})

test('a request without a scope, or with an empty one, is an invalid_scope', async () => {
  const client = await server.client()

  for (const scope of [undefined, '', ' ']) {
    const page = await server.visitor().go(authorizePath(client, { scope }))

    assert.equal(errorAtCallback(server, page).error, 'invalid_scope') // RFC 6749 3.3
  }
})

test('the order and repetition of scopes do not matter', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const scope = 'READ_GRAPH IDENTITY READ_GRAPH openid openid'

  const page = await signInAndApprove(server.visitor(), authorizePath(client, { scope }), user)

  assert.ok(callbackParams(page).code) // RFC 6749 3.3
})

test('a posted request is the same request', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const body = new URL(authorizePath(client), server.url).searchParams

  const page = await visitor.go('/auth/authorize', { method: 'POST', body })

  // OIDC Core 3.1.2.1, RFC 6749 3.1
  const consent = await visitor.submit(page, { email: user.email, password })
  assert.ok(callbackParams(await decide(visitor, consent, {})).code)
})

test('a posted request that is too long or no form ends on a page', async () => {
  const client = await server.client()
  const state = 'x'.repeat(20_000)
  const body = new URL(authorizePath(client, { state }), server.url).searchParams
  const post = (init: RequestInit) =>
    server.visitor().go('/auth/authorize', { method: 'POST', ...init })

  assertErrorPage(server, await post({ body }))
  assertErrorPage(server, await post({ body: '{}', headers: { 'content-type': 'text/plain' } }))
  assertErrorPage(server, await post({}))
})

test('request objects and registrations in the request are refused by their names', async () => {
  const client = await server.client()

  for (const [name, error] of [
    ['request', 'request_not_supported'],
    ['request_uri', 'request_uri_not_supported'],
    ['registration', 'registration_not_supported'],
  ]) {
    const page = await server.visitor().go(`${authorizePath(client)}&${name}=https://evil.test/`)

    // OIDC Core 6, 7.2.1: discovery announces none of them
    assert.equal(errorAtCallback(server, page).error, error)
  }
})

test('an unknown response_mode is refused', async () => {
  const client = await server.client()

  for (const response_mode of ['query.jwt', 'jwt', 'web_message', 'nonsense', 'QUERY']) {
    const page = await server.visitor().go(authorizePath(client, { response_mode }))

    // A44
    assert.equal(errorAtCallback(server, page).error, 'unsupported_response_mode')
  }
})

test('with response_mode=fragment the answer stands in the fragment', async () => {
  const [client, user] = [await server.client(), await server.user()]

  const path = authorizePath(client, { response_mode: 'fragment' })
  const page = await signInAndApprove(server.visitor(), path, user)

  const url = new URL(page.url)
  const answer = Object.fromEntries(new URLSearchParams(url.hash.slice(1)))
  assert.equal(url.search, '')
  assert.deepEqual(Object.keys(answer).sort(), ['code', 'iss', 'state']) // A44, RFC 9207 2
})

test('with response_mode=form_post a page posts the answer and lets nothing else run', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const state = '"><script>alert(1)</script>'

  const path = authorizePath(client, { response_mode: 'form_post', state })
  const page = await signInAndApprove(server.visitor(), path, user)

  const form = page.html.querySelector('form')
  const fields = form?.querySelectorAll('input').map((input) => input.getAttribute('name'))
  assert.equal(form?.getAttribute('action'), client.redirectUris[0])
  assert.deepEqual(fields?.sort(), ['code', 'iss', 'state'])
  assert.equal(form?.querySelector('[name=state]')?.getAttribute('value'), state) // A131
  assert.equal(page.headers.get('cache-control'), 'no-store')
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /script-src 'sha256-[\w+/=]+'(;|$)/) // A44
  assert.match(policy, /form-action 'self' https:(;|$)/)
  assert.match(policy, /frame-ancestors 'none'/)
})

test('with response_mode=form_post an error is posted too', async () => {
  const client = await server.client()

  const path = authorizePath(client, { response_mode: 'form_post', prompt: 'none' })
  const page = await server.visitor().go(path)

  const value = (name: string) => page.html.querySelector(`[name=${name}]`)?.getAttribute('value')
  assert.equal(page.html.querySelector('form')?.getAttribute('action'), client.redirectUris[0])
  assert.equal(value('error'), 'login_required') // A131, A141
  assert.deepEqual([value('state'), value('iss')], ['test-state', server.url])
})
