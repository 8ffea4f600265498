import assert from 'node:assert/strict'
import { test } from 'node:test'
import { post, tokensFor } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

const versions = ['v1', 'v2'] as const
const me = (version: string, init: RequestInit = {}, query = '') =>
  send(server, `/external-api/${version}/me${query}`, init)

async function tokenWith(scope: string) {
  const [client, user] = [await server.client(), await server.user()]
  const tokens = await tokensFor(server, client, user, { scope })
  return { client, user, tokens, token: tokens.access_token ?? '' }
}

/** The words of an error, wherever its version keeps them. */
const words = (version: string, body: { detail?: string; error?: { message: string } }) =>
  version === 'v1' ? body.detail : body.error?.message

test('v1 says who the token acts for', async () => {
  const { user, token } = await tokenWith('IDENTITY')

  const { status, headers, body } = await me('v1', { headers: bearer(token) })

  assert.equal(status, 200)
  assert.equal(headers.get('cache-control'), 'no-store')
  assert.deepEqual(body, {
    id: user.id,
    name: 'Ada Lovelace',
    email: user.email,
    timezone: 'Europe/London',
  })
})

test('v2 says it with the scopes and the kind of credential', async () => {
  const { user, token } = await tokenWith('IDENTITY READ_GRAPH')

  const { status, body } = await me('v2', { headers: bearer(token) })

  const { organization, ...rest } = body
  assert.equal(status, 200)
  assert.deepEqual(rest, {
    user_id: user.id,
    email: user.email,
    name: 'Ada Lovelace',
    timezone: 'Europe/London',
    team: null,
    scopes: ['IDENTITY', 'READ_GRAPH'],
    credential_type: 'oauth',
  })
  assert.equal(organization.is_personal, true)
})

test('an address that is not verified is not told', async () => {
  const { user, token } = await tokenWith('IDENTITY')
  await server.db.query('update accounts set email_verified_at = null where id = $1', [user.id])

  for (const version of versions) {
    const { status, body } = await me(version, { headers: bearer(token) })

    assert.deepEqual([status, body.email], [200, null]) // A114
  }
})

for (const version of versions) {
  test(`${version} without a credential is a 401 that says what to send`, async () => {
    const { status, headers, body } = await me(version)

    assert.equal(status, 401)
    assert.equal(words(version, body), 'Missing authentication. Provide API key or access token.')
    assert.match(headers.get('www-authenticate') ?? '', /^Bearer/) // RFC 6750 3
    assert.doesNotMatch(headers.get('www-authenticate') ?? '', /error=/) // RFC 6750 3.1
    assert.equal(headers.get('cache-control'), 'no-store')
  })

  test(`${version} with a token that lacks IDENTITY is a 403 that names it`, async () => {
    const { token } = await tokenWith('openid profile email READ_GRAPH')

    const { status, headers, body } = await me(version, { headers: bearer(token) })

    assert.equal(status, 403)
    assert.equal(words(version, body), 'Missing required permission(s): IDENTITY')
    const challenge = headers.get('www-authenticate') ?? ''
    assert.match(challenge, /^Bearer .*error="insufficient_scope".*scope="IDENTITY"/) // A83
  })

  test(`${version} with a token unknown, expired, revoked or of another kind is a 401`, async () => {
    const { client, token, tokens } = await tokenWith('openid IDENTITY')
    await post(server, '/api/oauth/revoke', { token }, client)
    const other = await tokenWith('IDENTITY')
    await server.db.query(`update access_tokens set expires_at = now() - interval '1 second'`)

    for (const wrong of [
      'x',
      'agpt_xt_u',
      'agpt_wrong_api_key',
      token, // A74
      other.token, // A75
      tokens.refresh_token, // A60
      tokens.id_token,
      'x'.repeat(8000),
    ]) {
      const { status, headers } = await me(version, { headers: bearer(wrong) })

      assert.equal(status, 401) // RFC 6750 3.1, A76
      assert.match(headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
    }
  })

  test(`${version} reads no token from the address`, async () => {
    const { token } = await tokenWith('IDENTITY')

    const inQuery = await me(version, {}, `?access_token=${token}`)
    const both = await me(version, { headers: bearer(token) }, `?access_token=${token}`)

    assert.equal(inQuery.status, 401) // RFC 9700 4.3.2, A78
    assert.equal(both.status, 401)
    assert.ok(!JSON.stringify(inQuery.body).includes(token))
  })
}

test('the scheme may be written in any case, and a header must be one token', async () => {
  const { token } = await tokenWith('IDENTITY')
  const status = async (authorization: string) =>
    (await me('v2', { headers: { authorization } })).status

  assert.equal(await status(`bearer ${token}`), 200) // RFC 9110 11.1, A78
  assert.equal(await status(`BEARER ${token}`), 200)
  for (const header of [
    'Bearer',
    'Bearer ',
    `Bearer ${token},${token}`,
    `Bearer ${token} x`,
    token,
  ]) {
    assert.equal(await status(header), 401, header)
  }
  assert.equal(await status(`Basic ${btoa(`x:${token}`)}`), 401)
})

test('a person or an app that was disabled is gone', async () => {
  for (const table of ['accounts', 'clients']) {
    const { client, user, token } = await tokenWith('IDENTITY')
    const id = table === 'accounts' ? user.id : client.id
    await server.db.query(`update ${table} set disabled_at = now() where id = $1`, [id])

    for (const version of versions) {
      assert.equal((await me(version, { headers: bearer(token) })).status, 401) // A71
    }
  }
})

test('a consent narrowed without IDENTITY closes it at once', async () => {
  const { user, token } = await tokenWith('IDENTITY READ_GRAPH')
  await server.db.query(
    `delete from consent_scopes
      where scope = 'IDENTITY'
        and consent_id = (select id from consents where account_id = $1)`,
    [user.id],
  )

  assert.equal((await me('v2', { headers: bearer(token) })).status, 403)
})

test('other methods do not exist', async () => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const version of versions) {
      assert.equal((await me(version, { method })).status, 405) // RFC 9110 15.5.6
    }
  }
})
