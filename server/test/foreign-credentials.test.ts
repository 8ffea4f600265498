import assert from 'node:assert/strict'
import { createPublicKey } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { decodeJwt, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import pino from 'pino'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, type TestServer, tokensFor } from './harness.ts'
import { startPlatform } from './platform.ts'
import { basic, bearer, send, sendForm, sharedServer } from './requests.ts'

const platform = await startPlatform({ after })
const server = await sharedServer({ PLATFORM_API_URL: platform.url })

const encoded = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const claims = (sub: string): JWTPayload => ({
  iss: server.url,
  aud: server.url,
  sub,
  client_id: 'agpt_client_x',
  scope: 'IDENTITY READ_GRAPH',
  jti: 'x',
  iat: Math.floor(Date.now() / 1000),
  exp: Math.floor(Date.now() / 1000) + 600,
})

/** A JWT that this server signed itself: the platform's, which says whom a call is for. */
async function identityHeader(): Promise<string> {
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })
  await send(server, '/external-api/v2/graphs', { headers: bearer(value) })
  return String(platform.asked.at(-1)?.headers['x-autogpt-identity'])
}

/** What those try who know how other servers read access tokens. */
async function forgeries(server: TestServer): Promise<[what: string, jwt: string][]> {
  const user = await server.user()
  const client = await server.client()
  const { id_token: idToken = '' } = await tokensFor(server, client, user)
  const identity = await identityHeader()
  const { keys } = (await (await fetch(`${server.url}/.well-known/jwks.json`)).json()) as {
    keys: [JWK, ...JWK[]]
  }
  const [ours] = keys
  const pem = createPublicKey({ key: ours as never, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString()
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const mine = (header: object, payload = claims(user.id), key: unknown = privateKey) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid, ...header } as never)
      .sign(key as never)
  const hmac = (secret: string) =>
    mine({ alg: 'HS256' }, claims(user.id), new TextEncoder().encode(secret))
  const [head = '', body = '', signature = ''] = idToken.split('.')
  const twice = `{"iss":"https://evil.example",${JSON.stringify(decodeJwt(idToken)).slice(1)}`
  return [
    ['an ID token', idToken],
    ['the platform’s signed header', identity],
    ['no signature', `${encoded({ alg: 'none', typ: 'at+jwt' })}.${encoded(claims(user.id))}.`],
    ['no algorithm in capitals', `${encoded({ alg: 'NONE' })}.${encoded(claims(user.id))}.`],
    ['our public key as a secret', await hmac(JSON.stringify(ours))],
    ['our public key as a secret, in PEM', await hmac(pem)],
    ['a key of its own inside', await mine({ jwk: await exportJWK(publicKey) })],
    ['the kid of another’s key', await mine({})],
    ['a kid that is a path', await mine({ kid: '../../../../dev/null' })],
    ['a kid that is SQL', await mine({ kid: "' or '1'='1" })],
    ['keys elsewhere', await mine({ jku: `${platform.url}/jwks`, x5u: `${platform.url}/x` })],
    ['another issuer', await mine({}, { ...claims(user.id), iss: 'https://other.example' })],
    ['another audience', await mine({}, { ...claims(user.id), aud: 'https://other.example' })],
    ['a payload that is not encoded', `${encoded({ alg: 'ES256', b64: false, crit: ['b64'] })}..x`],
    ['half a signature', `${head}.${body}.${signature.slice(0, 40)}`],
    ['padding', `${head}.${body}.${signature}==`],
    ['claims twice', `${head}.${encoded(twice)}.${signature}`],
    ['another alphabet', idToken.replaceAll('-', '+').replaceAll('_', '/')],
  ]
}

const wordsIn = (body: object) => ({ ...body, request_id: undefined })

// A77, A76, A60
test('a JWT opens nothing, whoever signed it: not ours, not a forged one', async () => {
  platform.asked.length = 0
  const all = await forgeries(server)
  const calls = platform.asked.length

  for (const path of [
    '/external-api/v1/blocks',
    '/external-api/v2/graphs',
    '/external-api/v2/me',
    '/api/oauth/userinfo',
    '/api/admin/apps',
  ]) {
    const unknown = await send(server, path, { headers: bearer(`agpt_xt_u${'x'.repeat(43)}`) })
    assert.equal(unknown.status, 401)
    for (const [what, jwt] of all) {
      const { status, body } = await send(server, path, { headers: bearer(jwt) })
      assert.equal(status, 401, `${what} at ${path}`)
      assert.deepEqual(wordsIn(body), wordsIn(unknown.body), `${what} at ${path}`)
    }
  }
  for (const [what, jwt] of all) {
    const { status } = await send(server, '/external-api/v2/graphs', {
      headers: { 'x-api-key': jwt },
    })
    assert.equal(status, 401, what)
  }
  // Neither the API was asked, nor the keys that a header names.
  assert.equal(platform.asked.length, calls)
})

// A77
test('a forged JWT is not active to a resource server either', async () => {
  const resource = await server.client()

  for (const [what, token] of await forgeries(server)) {
    const { status, body } = await sendForm(
      server,
      '/api/oauth/introspect',
      { token },
      basic(resource),
    )
    assert.deepEqual([status, body], [200, { active: false }], what)
  }
})

// A78, A160
test('a credential in an address opens nothing, and stands in no log', async (t) => {
  const stream = new PassThrough()
  const lines = text(stream)
  const quiet = await startServer(t, {}, { log: pino({ level: 'trace' }, stream) })
  const { key } = await apiKeyFor(quiet, await quiet.user(), ['IDENTITY'])
  const { value } = await issueToken(quiet, { scopes: ['IDENTITY'] })

  for (const secret of [key, value]) {
    for (const name of ['api_key', 'access_token', 'apikey', 'key', 'token', 'X-API-Key']) {
      for (const version of ['v1', 'v2']) {
        const answer = await send(quiet, `/external-api/${version}/me?${name}=${secret}`)
        assert.equal(answer.status, 401, name)
        assert.ok(!JSON.stringify([answer.body, [...answer.headers]]).includes(secret), name)
      }
    }
    const inPath = await send(quiet, `/external-api/v2/${secret}`)
    assert.equal(inPath.status, 404)
    const both = await send(quiet, `/external-api/v2/me?api_key=${secret}`, {
      headers: bearer(value),
    })
    assert.equal(both.status, 401)
  }

  stream.end()
  const log = await lines
  assert.match(log, /external-api/)
  for (const secret of [key, value]) assert.ok(!log.includes(secret))
})
