import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, SignJWT } from 'jose'
import {
  authorizePath,
  callbackParams,
  exchange,
  signInAndApprove,
  type TestClient,
  tokensFor,
} from './harness.ts'
import { assertErrorPage, errorAtCallback, sharedServer, signIn } from './requests.ts'
import type { Page } from './visitor.ts'

const server = await sharedServer()

/** A browser in which this person signed in and said yes to everything asked. */
async function signedIn() {
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const page = await signInAndApprove(visitor, authorizePath(client), user)
  return { client, user, visitor, page }
}

const asksToSignIn = (page: Page) => page.html.querySelector('[name="password"]') !== null

async function idTokenOf(client: TestClient, page: Page) {
  const { body } = await exchange(server, client, callbackParams(page).code ?? '')
  return decodeJwt(body.id_token)
}

test('with a session and nothing missing the answer comes at once', async () => {
  const { client, visitor } = await signedIn()

  const response = await visitor.fetch(authorizePath(client))

  assert.equal(response.status, 303)
  assert.ok(response.headers.get('location')?.startsWith('https://app.example/callback?code='))
})

test('prompt=none with nobody signed in is login_required', async () => {
  const client = await server.client()

  const page = await server.visitor().go(authorizePath(client, { prompt: 'none' }))

  assert.equal(errorAtCallback(server, page).error, 'login_required') // OIDC Core 3.1.2.6
})

test('prompt=none with a scope that is not granted is consent_required', async () => {
  const { client, visitor } = await signedIn()
  const scope = 'openid RUN_AGENT'

  const page = await visitor.go(authorizePath(client, { prompt: 'none', scope }))

  assert.equal(errorAtCallback(server, page).error, 'consent_required') // OIDC Core 3.1.2.6, A96
})

test('prompt=none with everything granted shows no page', async () => {
  const { client, visitor } = await signedIn()

  const page = await visitor.go(authorizePath(client, { prompt: 'none' }))

  assert.ok(callbackParams(page).code) // OIDC Core 3.1.2.1
})

test('prompt=none beside another prompt, and an unknown prompt, are refused', async () => {
  const { client, visitor } = await signedIn()

  for (const prompt of ['none login', 'none consent', 'nonsense', 'login nonsense']) {
    const page = await visitor.go(authorizePath(client, { prompt }))

    assert.equal(errorAtCallback(server, page).error, 'invalid_request') // OIDC Core 3.1.2.1
  }
})

test('prompt=login asks for the password again and answers with the new time', async () => {
  const { client, user, visitor, page } = await signedIn()
  const before = await idTokenOf(client, page)
  await server.db.query(`update sessions set signed_in_at = now() - interval '1 hour'`)

  const path = authorizePath(client, { prompt: 'login', max_age: '100000' })
  const again = await visitor.go(path)
  assert.ok(asksToSignIn(again)) // OIDC Core 3.1.2.1, A99
  const after = await idTokenOf(client, await signInAndApprove(visitor, path, user))

  assert.equal(after.sub, before.sub)
  assert.ok(Math.abs(Number(after.auth_time) - Date.now() / 1000) < 60) // OIDC Core 2
})

for (const max_age of ['0', '1']) {
  test(`max_age=${max_age} asks someone for the password who gave it a minute ago`, async () => {
    const { client, visitor } = await signedIn()
    await server.db.query(`update sessions set signed_in_at = now() - interval '1 minute'`)

    const page = await visitor.go(authorizePath(client, { max_age }))

    assert.ok(asksToSignIn(page)) // OIDC Core 3.1.2.1, A99
  })
}

test('a max_age that is not over asks nothing and auth_time is in the ID token', async () => {
  const { client, visitor } = await signedIn()

  const claims = await idTokenOf(
    client,
    await visitor.go(authorizePath(client, { max_age: '10000' })),
  )

  assert.ok(Math.abs(Number(claims.auth_time) - Date.now() / 1000) < 60) // OIDC Core 2
})

test('a max_age that is no number is refused', async () => {
  const client = await server.client()

  for (const max_age of ['-1', 'x', '1e400', '1.5']) {
    const page = await server.visitor().go(authorizePath(client, { max_age }))

    assert.equal(errorAtCallback(server, page).error, 'invalid_request')
  }
})

test('an id_token_hint of the person signed in is served, one of another asks to sign in', async () => {
  const { client, user, visitor } = await signedIn()
  const other = await server.user()
  const [own, foreign] = [
    (await tokensFor(server, client, user)).id_token,
    (await tokensFor(server, client, other)).id_token,
  ]

  const silent = { prompt: 'none', id_token_hint: own }
  assert.ok(callbackParams(await visitor.go(authorizePath(client, silent))).code)
  const wrong = { prompt: 'none', id_token_hint: foreign }
  const page = await visitor.go(authorizePath(client, wrong))
  assert.equal(errorAtCallback(server, page).error, 'login_required') // OIDC Core 3.1.2.1, A99
  assert.ok(asksToSignIn(await visitor.go(authorizePath(client, { id_token_hint: foreign }))))
})

test('an id_token_hint that is not ours is refused', async () => {
  const { client, user, visitor } = await signedIn()
  const forged = await new SignJWT({ sub: user.id, iss: server.url, aud: client.clientId })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(client.secret))
  const none = `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ sub: user.id }))}.`

  for (const id_token_hint of [forged, none, 'junk', 'a.b.c']) {
    const page = await visitor.go(authorizePath(client, { prompt: 'none', id_token_hint }))

    assert.equal(errorAtCallback(server, page).error, 'invalid_request') // A99, A124
  }
})

test('a login_hint fills the form in and is only text', async () => {
  const client = await server.client()
  const login_hint = 'ada@example.com"><script>alert(1)</script>'

  const page = await server.visitor().go(authorizePath(client, { login_hint }))

  assert.ok(asksToSignIn(page))
  assert.ok(!page.text.includes('<script>alert')) // A99, A127
})

test('nonce, max_age and id_token_hint belong to openid and are refused without it', async () => {
  const client = await server.client()

  for (const name of ['nonce', 'max_age', 'id_token_hint', 'acr_values']) {
    const page = await server
      .visitor()
      .go(authorizePath(client, { scope: 'IDENTITY', [name]: '1' }))

    const { error, error_description } = errorAtCallback(server, page)
    assert.equal(error, 'invalid_request')
    assert.match(error_description ?? '', new RegExp(`openid.*${name}`))
  }
})

test('junk in optional parameters changes nothing', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const junk = {
    acr_values: 'no:such:thing',
    ui_locales: 'xx ../..',
    display: 'wap',
    claims_locales: 'x',
  }

  const page = await signInAndApprove(server.visitor(), authorizePath(client, junk), user)

  assert.ok(callbackParams(page).code) // OIDC Core 3.1.2.1, A99, A129
})

test('a posted request finds the person signed in', async () => {
  const { client, visitor } = await signedIn()
  const body = new URL(authorizePath(client), server.url).searchParams

  const response = await visitor.fetch('/auth/authorize', {
    method: 'POST',
    body,
    headers: { origin: 'https://app.example' },
  })

  assert.equal(response.status, 303) // RFC 9700 4.12, A144
  const page = await visitor.go(response.headers.get('location') ?? '')
  assert.ok(callbackParams(page).code) // OIDC Core 3.1.2.1
})

test('someone whose account was disabled meanwhile is not signed in any more', async () => {
  const { client, user, visitor } = await signedIn()
  await server.db.query('update accounts set disabled_at = now() where id = $1', [user.id])

  const page = await visitor.go(authorizePath(client, { prompt: 'none' }))

  assert.equal(errorAtCallback(server, page).error, 'login_required') // ASVS 7.4.2
})

test('an address in the middle of a request that nobody began ends on a page', async () => {
  const page = await server.visitor().go('/auth/authorize/AAAAAAAAAAAAAAAAAAAAA')

  assertErrorPage(server, page) // A91
})

test('the answer of one browser is not to be had in another', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const [one, other] = [server.visitor(), server.visitor()]
  const consent = await signIn(one, authorizePath(client), user)
  const uid = consent.url.split('/').at(-2)

  assertErrorPage(server, await other.go(`/auth/authorize/${uid}`)) // A90
})
