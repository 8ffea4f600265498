import assert from 'node:assert/strict'
import { test } from 'node:test'
import { post, tokensFor } from './harness.ts'
import { bearer, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const path = '/api/oauth/userinfo'

async function tokenWith(scope: string) {
  const [client, user] = [await server.client(), await server.user()]
  const { access_token = '' } = await tokensFor(server, client, user, { scope })
  return { client, user, token: access_token }
}

const ask = (token: string, init: RequestInit = {}) =>
  send(server, path, { headers: bearer(token), ...init })

test('the token may come in the header by GET or POST, or in a posted form', async () => {
  const { user, token } = await tokenWith('openid')

  const answers = [
    await ask(token),
    await ask(token, { method: 'POST' }),
    await sendForm(server, path, { access_token: token }),
  ]

  // OIDC Core 5.3.1, RFC 6750 2.1, 2.2, A84
  for (const { status, headers, body } of answers) {
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(body, { sub: user.id }) // OIDC Core 5.3.2
  }
})

const profile = { name: 'Ada Lovelace', zoneinfo: 'Europe/London' }

for (const [scope, claims] of [
  ['openid', () => ({})],
  ['openid profile', () => profile],
  ['openid email', (email: string) => ({ email, email_verified: true })],
  ['openid IDENTITY', (email: string) => ({ email, email_verified: true, ...profile })],
  ['openid READ_GRAPH', () => ({})],
] as const) {
  test(`${scope} opens its claims and no more`, async () => {
    const { user, token } = await tokenWith(scope)

    const { body } = await ask(token)

    assert.deepEqual(body, { sub: user.id, ...claims(user.email) }) // OIDC Core 5.4, A84
  })
}

test('an address that is not verified is never shown', async () => {
  const { user, token } = await tokenWith('openid email IDENTITY')
  await server.db.query('update accounts set email_verified_at = null where id = $1', [user.id])

  const { body } = await ask(token)

  assert.deepEqual(body, { sub: user.id, ...profile }) // A114
})

test('a token without openid gets the scope named that it lacks', async () => {
  const { token } = await tokenWith('IDENTITY')

  const { status, headers, body } = await ask(token)

  assert.deepEqual([status, body.error], [403, 'insufficient_scope']) // RFC 6750 3.1, A83
  const challenge = headers.get('www-authenticate') ?? ''
  assert.match(challenge, /^Bearer .*error="insufficient_scope"/)
  assert.match(challenge, /scope="openid"/)
})

test('without a token the challenge says nothing but Bearer', async () => {
  const { status, headers } = await send(server, path)

  assert.equal(status, 401)
  const challenge = headers.get('www-authenticate') ?? ''
  assert.match(challenge, /^Bearer realm=/) // RFC 6750 3
  assert.doesNotMatch(challenge, /error/) // RFC 6750 3.1
})

test('a token unknown, expired, revoked or of another kind is an invalid_token', async () => {
  const { client, token } = await tokenWith('openid')
  const user = await server.user()
  const tokens = await tokensFor(server, client, user)
  const expired = (await tokenWith('openid')).token
  await server.db.query(`update access_tokens set expires_at = now() - interval '1 second'
                          where issued_at = (select max(issued_at) from access_tokens)`)
  await post(server, '/api/oauth/revoke', { token }, client)

  for (const wrong of ['x', 'agpt_xt_uX', token, expired, tokens.refresh_token, tokens.id_token]) {
    const { status, headers, body } = await ask(wrong ?? '')

    assert.deepEqual([status, body.error], [401, 'invalid_token']) // RFC 6750 3.1, A74, A75, A76
    assert.match(headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
  }
})

test('a disabled person or app has no userinfo', async () => {
  for (const table of ['accounts', 'clients']) {
    const { client, user, token } = await tokenWith('openid')
    const id = table === 'accounts' ? user.id : client.id
    await server.db.query(`update ${table} set disabled_at = now() where id = $1`, [id])

    const { status, body } = await ask(token)

    assert.deepEqual([status, body.error], [401, 'invalid_token']) // A71, A84
  }
})

test('a token in the address is not read', async () => {
  const { token } = await tokenWith('openid')

  const { status, body } = await send(server, `${path}?access_token=${token}`)

  assert.ok(status === 400 || status === 401) // RFC 9700 4.3.2, A78
  assert.equal(body.sub, undefined)
})

test('a token sent twice, in two ways, is refused', async () => {
  const { token } = await tokenWith('openid')

  const two = await sendForm(server, path, { access_token: token }, bearer(token))
  const twice = await sendForm(server, path, [
    ['access_token', token],
    ['access_token', token],
  ])

  for (const { status, body } of [two, twice]) {
    assert.deepEqual([status, body.error], [400, 'invalid_request']) // RFC 6750 2, A78, A79
  }
})

test('the scheme may be written in any case, and a header that is no token is refused', async () => {
  const { token } = await tokenWith('openid')
  const status = async (authorization: string) =>
    (await send(server, path, { headers: { authorization } })).status

  assert.equal(await status(`bearer ${token}`), 200) // RFC 9110 11.1, A78
  for (const header of [
    'Bearer',
    `Bearer ${token},x`,
    `Bearer ${token} x`,
    `Basic ${token}`,
    token,
  ]) {
    assert.ok([400, 401].includes(await status(header)), header)
  }
})
