import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findConsentOf } from '#db/consents.ts'
import { ask, assertion, browser, challenge, disconnect, fedcmVisit, origin } from './fedcm.ts'
import { exchange, password, tokensFor } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

test('the browser finds everything from the well-known address', async () => {
  const known = (await send(server, '/.well-known/web-identity')).body
  const config = (await send(server, '/fedcm/config.json')).body

  assert.deepEqual(known.provider_urls, [`${server.url}/fedcm/config.json`])
  assert.equal(known.accounts_endpoint, config.accounts_endpoint)
  assert.equal(known.login_url, config.login_url)
  const [icon] = config.branding.icons
  const { status, headers } = await send(server, icon.url.slice(server.url.length))
  assert.deepEqual([status, headers.get('content-type')], [200, 'image/png'])
})

test('whoever signed in is shown to the browser, with the apps that were allowed before', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  await assertion(visitor, user, client)

  const { status, body, headers } = await ask(visitor, '/fedcm/accounts')

  assert.equal(status, 200)
  assert.equal(headers.get('access-control-allow-origin'), null)
  const [account, ...others] = body.accounts
  assert.deepEqual(others, [])
  assert.deepEqual([account.id, account.email, account.name], [user.id, user.email, 'Ada Lovelace'])
  assert.deepEqual(account.approved_clients, [client.clientId])
})

test('identity, disclosed by the browser, is a code that is redeemed like any other', async () => {
  const { user, visitor, client } = await fedcmVisit(server)

  const { status, headers, body } = await assertion(visitor, user, client)

  assert.equal(status, 200)
  assert.equal(headers.get('access-control-allow-origin'), origin)
  assert.equal(headers.get('access-control-allow-credentials'), 'true')
  const { code, state, iss } = JSON.parse(body.token)
  assert.deepEqual([state, iss], ['the-state', server.url])
  const tokens = await exchange(server, client, code)
  assert.equal(tokens.status, 200)
  assert.deepEqual(tokens.body.scopes.sort(), ['email', 'openid', 'profile'])
  const claims = JSON.parse(Buffer.from(tokens.body.id_token.split('.')[1], 'base64url').toString())
  assert.deepEqual([claims.sub, claims.nonce, claims.aud], [user.id, 'the-nonce', client.clientId])
  // A69: a code is good once, however it was issued.
  await new Promise((resolve) => setTimeout(resolve, 2100))
  assert.equal((await exchange(server, client, code)).body.error, 'invalid_grant')
  const me = await send(server, '/api/oauth/userinfo', {
    headers: bearer(tokens.body.access_token),
  })
  assert.equal(me.status, 401)
})

test('the browser’s disclosure is stored as the consent that it is', async () => {
  const { user, visitor, client } = await fedcmVisit(server)

  await assertion(visitor, user, client, { params: { scope: 'openid IDENTITY' } })

  const consent = await findConsentOf(server.db, user.id, client.clientId)
  assert.deepEqual(consent?.scopes, ['IDENTITY', 'openid'])
  const { rows } = await server.db.query<{ details: object }>(
    `select details from audit_events where kind = 'consent.granted' and account_id = $1`,
    [user.id],
  )
  assert.deepEqual(rows[0]?.details, { scopes: ['openid', 'IDENTITY'], by: 'fedcm' })
})

test('what was not disclosed, or is more than identity, is asked on our own page', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  for (const wish of [
    { fields: { disclosure_text_shown: 'false' } },
    { params: { scope: 'openid READ_GRAPH' } },
    { params: { prompt: 'login' } },
    { params: { prompt: 'consent' } },
    { params: { max_age: '0' } },
  ]) {
    const { body } = await assertion(visitor, user, client, wish)

    const url = new URL(body.continue_on)
    assert.equal(url.origin + url.pathname, `${server.url}/auth/authorize`)
    assert.equal(url.searchParams.get('response_mode'), 'fedcm')
    assert.equal(url.searchParams.get('code_challenge'), challenge)
  }
  assert.equal(await findConsentOf(server.db, user.id, client.clientId), undefined)
})

test('the window of our own page ends in the answer for the browser', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  const wish = { params: { scope: 'openid READ_GRAPH' } }
  const answerIn = async (decision: string) => {
    const { body } = await assertion(visitor, user, client, wish)
    const page = await visitor.go(
      new URL(body.continue_on).pathname + new URL(body.continue_on).search,
    )
    const end = await visitor.submit(page, { decision }, { form: 'form.consent' })
    assert.match(end.headers.get('content-security-policy') ?? '', /script-src 'self'/)
    return JSON.parse(end.html.querySelector('[data-answer]')?.getAttribute('data-answer') ?? '')
  }

  const denied = await answerIn('deny')
  assert.deepEqual(
    [denied.error, denied.state, denied.iss],
    ['access_denied', 'the-state', server.url],
  )
  const { code, state, iss } = await answerIn('approve')
  assert.deepEqual([state, iss], ['the-state', server.url])
  const tokens = await exchange(server, client, code)
  assert.deepEqual(tokens.body.scopes.sort(), ['READ_GRAPH', 'openid'])
  // Once allowed it needs no window any more.
  assert.ok((await assertion(visitor, user, client, wish)).body.token)
})

// A96: the browser's dialog has no word for it.
test('an app that nobody approved is asked about on our own page, which warns, once', async () => {
  const { user, visitor, client } = await fedcmVisit(server, { approvedAt: null })

  const { body } = await assertion(visitor, user, client)
  assert.equal(body.token, undefined)
  const url = new URL(body.continue_on)
  const page = await visitor.go(url.pathname + url.search)
  assert.ok(page.html.querySelector('.notice.warning'))
  await visitor.submit(page, { decision: 'approve' }, { form: 'form.consent' })

  assert.ok((await assertion(visitor, user, client)).body.token)
})

test('only the browser itself is answered', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  const dest = { 'sec-fetch-dest': 'empty' }

  assert.equal((await ask(visitor, '/fedcm/accounts', { headers: dest })).status, 400)
  assert.equal(
    (
      await ask(visitor, `/fedcm/client?client_id=${client.clientId}`, {
        headers: { ...dest, origin },
      })
    ).status,
    400,
  )
  assert.equal((await assertion(visitor, user, client, { headers: dest })).status, 400)
  const { status, headers } = await assertion(visitor, user, client, { headers: dest })
  assert.deepEqual([status, headers.get('access-control-allow-origin')], [400, null])
})

test('an origin that the app did not register is told nothing', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  const evil = { origin: 'https://evil.example' }

  for (const answer of [
    await assertion(visitor, user, client, { headers: evil }),
    await ask(visitor, `/fedcm/client?client_id=${client.clientId}`, { headers: evil }),
    await assertion(visitor, user, client, { headers: { origin: 'null' } }),
    await assertion(visitor, user, client, { fields: { client_id: 'agpt_client_none' } }),
  ]) {
    assert.equal(answer.status, 403)
    assert.equal(answer.headers.get('access-control-allow-origin'), null) // A187
    assert.equal(answer.body.error.code, 'unauthorized_client')
  }
})

test('a request that any client might have got wrong, or made worse, is refused', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  for (const more of [
    { redirect_uri: 'https://evil.example/callback' },
    { redirect_uri: undefined },
    { code_challenge: undefined },
    { code_challenge: 'short' },
    { code_challenge_method: 'plain' }, // RFC 9700 2.1.1
    { response_type: 'token' },
    { scope: '' },
    { scope: 'openid WRITE_GRAPH' },
    { scope: 'openid NOTHING' },
    { nonce: 'a\0b' },
  ]) {
    const { status, body } = await assertion(visitor, user, client, { params: more })

    assert.deepEqual([status, body.error.code], [400, 'invalid_request'], JSON.stringify(more))
  }
  for (const text of ['', 'nonsense', 'null', '[]', '{"__proto__":{"scope":"openid"}}']) {
    const { status } = await assertion(visitor, user, client, { fields: { params: text } })
    assert.equal(status, 400, text)
  }
})

test('another person’s account id is refused', async () => {
  const { visitor, client } = await fedcmVisit(server)
  const other = await server.user()

  const { status, body } = await assertion(visitor, other, client)

  assert.deepEqual([status, body.error.code], [403, 'access_denied'])
})

test('FedCM’s cookie is worth nothing elsewhere, and the session’s nothing here', async () => {
  const { visitor } = await fedcmVisit(server)
  const cookies = (await visitor.jar.getCookies(server.url)).map(
    ({ key, value }) => `${key}=${value}`,
  )
  const only = (name: string) => cookies.filter((cookie) => cookie.startsWith(name)).join('; ')
  const accounts = (cookie: string) =>
    send(server, '/fedcm/accounts', { headers: { ...browser, cookie } })

  assert.equal((await accounts(only('agpt_fedcm='))).status, 200)
  assert.equal((await accounts(only('agpt_session'))).status, 401)
  const account = await send(server, '/account', { headers: { cookie: only('agpt_fedcm=') } })
  assert.equal(account.headers.get('location'), '/login')
  const forged = only('agpt_fedcm=').replace(/\.[^.]*$/, '.AAAA')
  assert.equal((await accounts(forged)).status, 401)
})

test('the cookie crosses sites and says so; sign-in and sign-out are told to the browser', async () => {
  const user = await server.user()
  const visitor = server.visitor()
  const page = await visitor.go('/login')
  const csrf = page.html.querySelector('[name=_csrf]')?.getAttribute('value') ?? ''
  const body = new URLSearchParams({ email: user.email, password, _csrf: csrf })
  const headers = { origin: server.url }

  const signedIn = await visitor.fetch('/login', { method: 'POST', body, headers })

  assert.equal(signedIn.headers.get('set-login'), 'logged-in')
  const cookie = signedIn.headers.getSetCookie().find((line) => line.startsWith('agpt_fedcm='))
  assert.match(cookie ?? '', /samesite=none/i)
  assert.match(cookie ?? '', /secure/i)
  assert.match(cookie ?? '', /httponly/i)
  const out = new URLSearchParams({ _csrf: csrf })
  const signedOut = await visitor.fetch('/logout', { method: 'POST', body: out, headers })
  assert.equal(signedOut.headers.get('set-login'), 'logged-out')
})

test('after sign-out, by another way or for a disabled person there is nobody', async () => {
  for (const end of [
    `delete from sessions where account_id = $1`,
    `update accounts set disabled_at = now() where id = $1`,
  ]) {
    const { user, visitor, client } = await fedcmVisit(server)
    await server.db.query(end, [user.id])

    const { status, headers } = await ask(visitor, '/fedcm/accounts')

    assert.deepEqual([status, headers.get('set-login')], [401, 'logged-out'])
    assert.equal((await assertion(visitor, user, client)).status, 403)
  }
})

test('a disabled app gets nothing', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  await server.db.query('update clients set disabled_at = now() where id = $1', [client.id])

  assert.equal((await assertion(visitor, user, client)).status, 403)
})

test('a site that lets go of somebody loses every token', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  const tokens = await tokensFor(server, client, user, { scope: 'openid IDENTITY' })

  assert.equal((await disconnect(visitor, client, 'somebody')).status, 403)
  const { body } = await disconnect(visitor, client, user.id)

  assert.deepEqual(body, { account_id: user.id })
  assert.equal(await findConsentOf(server.db, user.id, client.clientId), undefined)
  const me = await send(server, '/external-api/v2/me', { headers: bearer(tokens.access_token) })
  assert.equal(me.status, 401)
  const { rows } = await server.db.query(
    `select actor_type, actor_id, client_id, details from audit_events
      where kind = 'consent.removed' and account_id = $1`,
    [user.id],
  )
  const details = { by: 'fedcm' }
  assert.deepEqual(rows, [
    { actor_type: 'client', actor_id: client.id, client_id: client.id, details },
  ])
})
