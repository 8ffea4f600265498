import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose'
import { refresh, type TestClient, type TestUser, tokensFor } from './harness.ts'
import { sharedServer } from './requests.ts'

const server = await sharedServer()

const keys = createRemoteJWKSet(new URL(`${server.url}/.well-known/jwks.json`))

/** Verified as an app would: signature against the published keys, issuer, audience, times. */
async function claimsOf(client: TestClient, token = ''): Promise<JWTPayload> {
  const options = {
    issuer: server.url,
    audience: client.clientId,
    requiredClaims: ['sub', 'exp', 'iat'],
  }
  return (await jwtVerify(token, keys, options)).payload
}

async function idTokenFor(
  fields: object,
  params: Record<string, string | undefined>,
  person?: TestUser,
) {
  const [client, user] = [await server.client(fields), person ?? (await server.user())]
  const tokens = await tokensFor(server, client, user, params)
  return { client, user, tokens, idToken: tokens.id_token ?? '' }
}

test('an ID token is signed with ES256 by a published key', async () => {
  const { client, user, idToken } = await idTokenFor({}, {})

  const { alg, kid } = decodeProtectedHeader(idToken)
  const claims = await claimsOf(client, idToken)

  // OIDC Core 2, 3.1.3.7
  assert.equal(alg, 'ES256')
  assert.equal(typeof kid, 'string')
  assert.equal(claims.sub, user.id)
  assert.equal(claims.aud, client.clientId)
  assert.equal(claims.iss, server.url)
  assert.ok(Math.abs(Number(claims.exp) - Date.now() / 1000 - 3600) < 60)
  assert.ok(claims.azp === undefined || claims.azp === client.clientId)
})

test('a client that was registered for RS256 gets RS256', async () => {
  const { client, idToken } = await idTokenFor({ idTokenAlg: 'RS256' }, {})

  assert.equal(decodeProtectedHeader(idToken).alg, 'RS256') // OIDC Core 15.1
  await claimsOf(client, idToken)
})

test('the nonce comes back as it was sent, and only if it was', async () => {
  const nonce = `n-${'x'.repeat(64)}"<>&é`
  const withNonce = await idTokenFor({}, { nonce })
  const without = await idTokenFor({}, {})

  assert.equal((await claimsOf(withNonce.client, withNonce.idToken)).nonce, nonce) // OIDC Core 2
  assert.equal((await claimsOf(without.client, without.idToken)).nonce, undefined)
})

test('at_hash, where it stands, is that of the access token beside it', async () => {
  const { client, tokens, idToken } = await idTokenFor({}, {})

  const { at_hash } = await claimsOf(client, idToken)

  const digest = createHash('sha256')
    .update(tokens.access_token ?? '')
    .digest()
  const expected = digest.subarray(0, 16).toString('base64url')
  assert.ok(at_hash === undefined || at_hash === expected) // OIDC Core 3.1.3.6
})

const profile = { name: 'Ada Lovelace', zoneinfo: 'Europe/London' }

for (const [scope, expected] of [
  ['openid', () => ({})],
  ['openid profile', () => profile],
  ['openid email', (email: string) => ({ email, email_verified: true })],
  ['openid IDENTITY', (email: string) => ({ email, email_verified: true, ...profile })],
] as const) {
  test(`with ${scope} the ID token has the claims of userinfo`, async () => {
    const { client, user, idToken } = await idTokenFor({}, { scope })

    const { email, email_verified, name, zoneinfo } = await claimsOf(client, idToken)

    const given = JSON.parse(JSON.stringify({ email, email_verified, name, zoneinfo }))
    assert.deepEqual(given, expected(user.email)) // OIDC Core 5.4, contract section 5
  })
}

test('an address that is not verified is in no ID token', async () => {
  const { client, user, tokens } = await idTokenFor({}, { scope: 'openid email IDENTITY' })
  await server.db.query('update accounts set email_verified_at = null where id = $1', [user.id])

  const { body } = await refresh(server, client, tokens.refresh_token ?? '')

  const claims = await claimsOf(client, body.id_token)
  assert.ok(!('email' in claims) && !('email_verified' in claims)) // A114
  assert.equal(claims.name, 'Ada Lovelace')
})

test('without openid there is no ID token', async () => {
  const { tokens } = await idTokenFor({}, { scope: 'IDENTITY' })

  assert.ok(!('id_token' in tokens)) // OIDC Core 3.1.2.1
})

test('a refresh gives a new ID token for the same person, session and nonce', async () => {
  const { client, tokens, idToken } = await idTokenFor({}, { nonce: 'n-1' })
  const before = await claimsOf(client, idToken)

  const { body } = await refresh(server, client, tokens.refresh_token ?? '')

  const after = await claimsOf(client, body.id_token)
  // OIDC Core 12.2
  for (const name of ['iss', 'sub', 'aud', 'azp', 'auth_time'] as const) {
    assert.equal(after[name], before[name])
  }
  assert.ok(Number(after.iat) >= Number(before.iat))
})

test('the same person has the same subject at every app', async () => {
  const one = await idTokenFor({}, {})
  const two = await idTokenFor({ type: 'spa' }, {}, one.user)

  const subjects = [
    await claimsOf(one.client, one.idToken),
    await claimsOf(two.client, two.idToken),
  ]

  assert.equal(subjects[0]?.sub, subjects[1]?.sub) // OIDC Core 8
})

test('one app does not pass for another', async () => {
  const [one, two] = [await idTokenFor({}, {}), await server.client()]

  await assert.rejects(claimsOf(two, one.idToken), /unexpected "aud"/) // OIDC Core 3.1.3.7
})
