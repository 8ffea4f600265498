import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findConsentOf, grantScopes, withdrawScopes } from '#db/consents.ts'
import { introspect, post, postJson, refresh, type TestClient, tokensFor } from './harness.ts'
import { basic, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const path = '/api/oauth/revoke'

async function signedIn(fields = {}) {
  const [client, user] = [await server.client(fields), await server.user()]
  const tokens = await tokensFor(server, client, user)
  return { client, user, tokens, at: tokens.access_token ?? '', rt: tokens.refresh_token ?? '' }
}

const revoke = (client: TestClient, token: string, fields = {}) =>
  post(server, path, { token, ...fields }, client)
const isActive = async (client: TestClient, token: string): Promise<boolean> =>
  (await introspect(server, client, token)).body.active

test('revoking an access token ends that one only', async () => {
  const { client, at, rt } = await signedIn()

  const { status, headers, body } = await revoke(client, at)

  assert.deepEqual([status, body], [200, { status: 'ok' }]) // RFC 7009 2.2
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.equal(await isActive(client, at), false) // A74
  assert.equal((await refresh(server, client, rt)).status, 200)
})

test('revoking a refresh token ends everything of its family', async () => {
  const { client, at, rt } = await signedIn()
  const { body } = await refresh(server, client, rt)

  await revoke(client, body.refresh_token)

  // RFC 7009 2.1, A82
  for (const token of [at, body.access_token, body.refresh_token]) {
    assert.equal(await isActive(client, token), false)
  }
  assert.equal((await refresh(server, client, body.refresh_token)).body.error, 'invalid_grant')
})

test('a refresh token that was already rotated ends the family too', async () => {
  const { client, rt } = await signedIn()
  const { body } = await refresh(server, client, rt)

  await revoke(client, rt)

  assert.equal(await isActive(client, body.access_token), false) // RFC 7009 2.1
})

test('other sign-ins of the same person at the same app stay, and so does the consent', async () => {
  const { client, user, rt } = await signedIn()
  const other = await tokensFor(server, client, user)

  await revoke(client, rt)

  assert.equal(await isActive(client, other.access_token ?? ''), true)
  assert.equal((await refresh(server, client, other.refresh_token ?? '')).status, 200)
})

test('a token that nobody knows, and one revoked before, are ok', async () => {
  const { client, at } = await signedIn()

  for (const token of ['agpt_rt_unknown', 'agpt_xt_u', 'x', at, at]) {
    const { status, body } = await revoke(client, token)

    assert.deepEqual([status, body], [200, { status: 'ok' }]) // RFC 7009 2.2, A82
  }
})

// I4: what was answered with 200 stays revoked
test('a token that may do nothing at present is revoked for good all the same', async () => {
  const [client, user] = [await server.client(), await server.user()]
  for (const kind of ['access_token', 'refresh_token']) {
    await tokensFor(server, client, user, { scope: 'IDENTITY' })
    const tokens = await tokensFor(server, client, user, { scope: 'READ_GRAPH' })
    const consent = await findConsentOf(server.db, user.id, client.clientId)
    await withdrawScopes(server.db, consent?.id ?? '', ['READ_GRAPH'])
    const { status } = await post(
      server,
      '/api/oauth/revoke',
      { token: tokens[kind] ?? '' },
      client,
    )
    assert.equal(status, 200)

    const accountId = user.id
    await grantScopes(server.db, { accountId, clientRowId: client.id, scopes: ['READ_GRAPH'] })

    const { body } = await introspect(server, client, tokens[kind] ?? '')
    assert.deepEqual(body, { active: false })
  }
})

test('a foreign token stays what it is', async () => {
  const { client, at, rt } = await signedIn()
  const [thief, reader] = [await server.client(), await server.client({ resourceServer: true })]

  for (const other of [thief, reader]) {
    for (const token of [at, rt]) {
      const { status } = await revoke(other, token)

      assert.equal(status, 200)
      assert.equal(await isActive(client, token), true) // RFC 7009 2.1, A82
    }
  }
})

test('a JWT cannot be revoked, and is told so', async () => {
  const { client, tokens } = await signedIn()

  const { status, body } = await revoke(client, tokens.id_token ?? '')

  assert.deepEqual([status, body.error], [400, 'unsupported_token_type']) // RFC 7009 2.2.1
})

test('a wrong hint finds the token all the same', async () => {
  const { client, at, rt } = await signedIn()

  await revoke(client, at, { token_type_hint: 'refresh_token' })
  assert.equal(await isActive(client, at), false) // RFC 7009 2.1
  await revoke(client, rt, { token_type_hint: 'access_token' })
  assert.equal(await isActive(client, rt), false)
})

test('Basic, JSON and a public app work alike', async () => {
  const [web, spa] = [await signedIn(), await signedIn({ type: 'spa' })]

  const answers = [
    await sendForm(server, path, { token: web.at }, basic(web.client)),
    await postJson(server, path, { token: web.rt }, web.client),
    await revoke(spa.client, spa.rt),
  ]

  for (const { status, body } of answers) assert.deepEqual([status, body], [200, { status: 'ok' }])
  assert.equal(await isActive(web.client, web.rt), false)
  assert.equal(await isActive(spa.client, spa.at), false)
})

test('nobody revokes anything without credentials', async () => {
  const { client, rt } = await signedIn()

  const anonymous = await sendForm(server, path, { token: rt })
  const wrong = await revoke({ ...client, secret: 'wrong' }, rt)
  const onlyId = await sendForm(server, path, { token: rt, client_id: client.clientId })

  assert.equal(anonymous.status, 400) // RFC 7009 2.1
  for (const answer of [wrong, onlyId]) {
    assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'])
  }
  assert.equal(await isActive(client, rt), true)
})

test('a token missing or given twice is refused and revokes nothing', async () => {
  const { client, rt } = await signedIn()

  const missing = await post(server, path, {}, client)
  const twice = await sendForm(
    server,
    path,
    [
      ['token', rt],
      ['token', rt],
    ],
    basic(client),
  )

  for (const { status, body } of [missing, twice]) {
    assert.deepEqual([status, body.error], [400, 'invalid_request']) // A79
  }
  assert.equal(await isActive(client, rt), true)
})
