import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeJwt, importJWK, SignJWT } from 'jose'
import { listSigningKeys } from '#db/signing-keys.ts'
import { deriveKeys, sealWith } from '../src/keys.ts'
import { keySchedule } from '../src/provider/key-schedule.ts'
import { openKeys } from '../src/provider/signing-keys.ts'
import {
  authorizePath,
  callbackParams,
  exchange,
  introspect,
  refresh,
  secretKey,
  signInAndApprove,
} from './harness.ts'
import { assertErrorPage, send, sharedServer } from './requests.ts'
import type { Page, Visitor } from './visitor.ts'

const server = await sharedServer()

const logout = '/auth/logout'
const confirmForm = 'form[action="/auth/logout/confirm"]'

async function signedIn() {
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()
  const page = await signInAndApprove(visitor, authorizePath(client), user)
  const { body } = await exchange(server, client, callbackParams(page).code ?? '')
  const silent = () => visitor.go(authorizePath(client, { prompt: 'none' }))
  return {
    client,
    user,
    visitor,
    tokens: body,
    stillSignedIn: async () => 'code' in callbackParams(await silent()),
  }
}

const query = (params: object) => `${logout}?${new URLSearchParams({ ...params })}`
const confirm = (
  visitor: Visitor,
  page: Page,
  fields: Record<string, string> = { logout: 'yes' },
) => visitor.submit(page, fields, { form: confirmForm })

test('a person is asked first, whoever sent them', async () => {
  const { client, visitor, tokens, stillSignedIn } = await signedIn()

  for (const path of [
    logout,
    query({ client_id: client.clientId }),
    query({ id_token_hint: tokens.id_token }),
  ]) {
    const page = await visitor.go(path)

    assert.equal(page.status, 200)
    assert.ok(page.html.querySelector(confirmForm)) // RP-Initiated Logout 2, A121
  }
  assert.ok(await stillSignedIn())
})

test('a yes ends the session, the tokens of the apps stay', async () => {
  const { client, visitor, tokens, stillSignedIn } = await signedIn()

  const page = await confirm(visitor, await visitor.go(logout))

  assert.equal(page.status, 200)
  assert.equal(await stillSignedIn(), false)
  assert.equal((await introspect(server, client, tokens.access_token)).body.active, true)
  assert.equal((await refresh(server, client, tokens.refresh_token)).status, 200)
})

test('the cookie of an ended session is worth nothing', async () => {
  const { client, visitor } = await signedIn()
  const cookie = await visitor.jar.getCookieString(server.url)
  await confirm(visitor, await visitor.go(logout))

  const answer = await send(server, authorizePath(client, { prompt: 'none' }), {
    headers: { cookie },
  })

  assert.match(answer.headers.get('location') ?? '', /error=login_required/) // A119
})

test('a no leaves the person signed in', async () => {
  const { visitor, stillSignedIn } = await signedIn()

  const page = await confirm(visitor, await visitor.go(logout), {})

  assert.equal(page.status, 200)
  assert.ok(await stillSignedIn())
})

test('an app gets the person back at its registered address, with its state', async () => {
  const { visitor, tokens } = await signedIn()
  const state = 'a b&c=d"<script>\r\nX: 1'
  const path = query({
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: 'https://app.example/',
    state,
  })

  const page = await confirm(visitor, await visitor.go(path))

  const url = new URL(page.url)
  assert.equal(url.origin + url.pathname, 'https://app.example/') // RP-Initiated Logout 3
  assert.deepEqual([...url.searchParams], [['state', state]]) // A125
})

test('a client_id is enough to say who asks', async () => {
  const { client, visitor } = await signedIn()
  const path = query({
    client_id: client.clientId,
    post_logout_redirect_uri: 'https://app.example/',
  })

  const page = await confirm(visitor, await visitor.go(path))

  assert.equal(page.url, 'https://app.example/') // RP-Initiated Logout 2
})

test('an address that is not registered to the letter is not returned to', async () => {
  const { client, visitor, tokens, stillSignedIn } = await signedIn()

  for (const post_logout_redirect_uri of [
    'https://evil.test/',
    'https://app.example',
    'https://app.example/?x=1',
    'https://app.example/#x',
    'https://app.example/callback',
    'https://app.example.evil.test/',
    'https://app.example@evil.test/',
    'javascript:alert(1)',
    '//evil.test/',
  ]) {
    for (const by of [{ client_id: client.clientId }, { id_token_hint: tokens.id_token }]) {
      // RP-Initiated Logout 3, A123
      assertErrorPage(server, await visitor.go(query({ ...by, post_logout_redirect_uri })))
    }
  }
  assert.ok(await stillSignedIn())
})

test('without an app that asks nobody is returned anywhere', async () => {
  const { visitor } = await signedIn()
  const path = query({ post_logout_redirect_uri: 'https://app.example/', state: 'x' })

  const page = await confirm(visitor, await visitor.go(path))

  assert.equal(new URL(page.url).origin, server.url) // RP-Initiated Logout 2, A123
})

test('a hint that is forged, of another app or no token is refused', async () => {
  const { client, visitor, tokens, stillSignedIn } = await signedIn()
  const other = await server.client()
  const [header = '', payload = '', signature = ''] = tokens.id_token.split('.')
  const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
  const altered = Buffer.from(payload, 'base64url').toString().replace('"sub":"', '"sub":"x')

  for (const hint of [
    'junk',
    none,
    `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
    `${header}.${Buffer.from(altered).toString('base64url')}.${signature}`,
  ]) {
    assertErrorPage(server, await visitor.go(query({ id_token_hint: hint }))) // A124
  }
  const mixed = query({ id_token_hint: tokens.id_token, client_id: other.clientId })
  assertErrorPage(server, await visitor.go(mixed)) // RP-Initiated Logout 2
  const unknown = query({ client_id: `${client.clientId}x` })
  assertErrorPage(server, await visitor.go(unknown))
  assert.ok(await stillSignedIn())
})

test('a hint of another person still asks the one who is signed in', async () => {
  const [one, two] = [await signedIn(), await signedIn()]

  const page = await two.visitor.go(query({ id_token_hint: one.tokens.id_token }))

  assert.ok(page.html.querySelector(confirmForm)) // RP-Initiated Logout 4, A124
  assert.ok(await two.stillSignedIn())
})

test('an expired ID token is still a hint', async () => {
  const { visitor, tokens } = await signedIn()
  const keys = await listSigningKeys(server.db, keySchedule)
  const { usable } = await openKeys(server.db, sealWith(deriveKeys(secretKey).sealing), keys)
  const key = usable.find(({ alg }) => alg === 'ES256')
  const expired = await new SignJWT({ ...decodeJwt(tokens.id_token), exp: 1 })
    .setProtectedHeader({ alg: 'ES256', kid: key?.kid ?? '' })
    .sign(await importJWK(key ?? {}, 'ES256'))

  const page = await visitor.go(query({ id_token_hint: expired }))

  assert.equal(page.status, 200) // RP-Initiated Logout 4, A124
  assert.ok(page.html.querySelector(confirmForm))
})

test('a yes without the form token, or with that of another browser, is refused', async () => {
  const [victim, attacker] = [await signedIn(), await signedIn()]
  await victim.visitor.go(logout)
  const page = await attacker.visitor.go(logout)
  const foreign = page.html.querySelector('[name=xsrf]')?.getAttribute('value') ?? ''

  for (const fields of [{}, { xsrf: '' }, { xsrf: 'x' }, { xsrf: foreign }] as object[]) {
    const body = new URLSearchParams({ logout: 'yes', ...fields })
    const answer = await victim.visitor.go(`${logout}/confirm`, { method: 'POST', body })

    assert.equal(answer.status, 400) // A122
  }
  assert.equal((await victim.visitor.fetch(`${logout}/confirm?logout=yes`)).status, 405)
  assert.ok(await victim.stillSignedIn())
})

test('an image that points here signs nobody out', async () => {
  const { visitor, tokens, stillSignedIn } = await signedIn()
  const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }

  await visitor.fetch(query({ id_token_hint: tokens.id_token }), { headers })

  assert.ok(await stillSignedIn()) // ASVS 10.6.2, A121
})

test('someone who is not signed in is not asked anything they cannot answer', async () => {
  const client = await server.client()
  const visitor = server.visitor()
  const path = query({
    client_id: client.clientId,
    post_logout_redirect_uri: 'https://app.example/',
  })

  const page = await visitor.go(path)
  const done = await visitor.submit(page, {}, { form: 'form' })

  assert.equal(done.url, 'https://app.example/')
})

test('a posted request works like one by address', async () => {
  const { client, visitor } = await signedIn()
  const body = new URLSearchParams({
    client_id: client.clientId,
    post_logout_redirect_uri: 'https://app.example/',
  })

  const page = await visitor.go(logout, { method: 'POST', body })

  assert.equal((await confirm(visitor, page)).url, 'https://app.example/') // RP-Initiated Logout 2
})

test('parameters given twice are refused', async () => {
  const { visitor, stillSignedIn } = await signedIn()

  assertErrorPage(server, await visitor.go(`${logout}?state=a&state=b`)) // A79
  assert.ok(await stillSignedIn())
})

test('every page of a sign-out forbids to be framed and is not kept', async () => {
  const { visitor } = await signedIn()
  const asked = await visitor.go(logout)
  const done = await confirm(visitor, asked)

  for (const page of [asked, done, await visitor.go(query({ client_id: 'x' }))]) {
    assert.match(page.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/) // A95
    assert.equal(page.headers.get('x-frame-options'), 'DENY')
    assert.equal(page.headers.get('cache-control'), 'no-store')
  }
})
