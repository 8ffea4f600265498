import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeFor, exchange, post, tokensFor, verifier } from './harness.ts'
import { basic, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const token = '/api/oauth/token'

for (const [grant_type, error] of [
  ['client_credentials', 'unauthorized_client'],
  ['password', 'unsupported_grant_type'],
  ['implicit', 'unsupported_grant_type'],
  ['urn:ietf:params:oauth:grant-type:device_code', 'unsupported_grant_type'],
  ['urn:ietf:params:oauth:grant-type:token-exchange', 'unsupported_grant_type'],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'unsupported_grant_type'],
  ['urn:openid:params:grant-type:ciba', 'unsupported_grant_type'],
  ['Authorization_Code', 'unsupported_grant_type'],
  ['', 'invalid_request'],
] as const) {
  test(`a web app's grant type ${JSON.stringify(grant_type)} is refused`, async () => {
    const client = await server.client()
    const fields = { grant_type, username: 'ada@example.com', password: 'x' }

    const { status, body } = await post(server, token, fields, client)

    // RFC 6749 5.2, RFC 9700 2.4, A72
    assert.deepEqual([status, body.error], [400, error])
  })
}

test('a machine app gets tokens of its own only', async () => {
  const client = await server.client({ type: 'machine' })

  for (const grant_type of ['authorization_code', 'refresh_token']) {
    const fields = { grant_type, code: 'x', refresh_token: 'x', redirect_uri: 'x' }
    const { status, body } = await post(server, token, fields, client)

    assert.deepEqual([status, body.error], [400, 'unauthorized_client']) // RFC 6749 5.2, A72
  }
})

test('a client registered without refresh tokens gets none and may use none', async () => {
  const grantTypes = ['authorization_code']
  const [client, user] = [await server.client({ grantTypes }), await server.user()]

  const tokens = await tokensFor(server, client, user)
  const fields = { grant_type: 'refresh_token', refresh_token: 'agpt_rt_x' }
  const { body } = await post(server, token, fields, client)

  assert.equal(tokens.refresh_token, undefined) // A61
  assert.equal(tokens.refresh_token_expires_at, undefined)
  assert.equal(body.error, 'unauthorized_client')
})

for (const name of [
  'grant_type',
  'code',
  'redirect_uri',
  'code_verifier',
  'client_id',
  'client_secret',
]) {
  test(`${name} given twice is refused and spends nothing`, async () => {
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user)
    const fields = Object.entries({
      grant_type: 'authorization_code',
      code,
      redirect_uri: client.redirectUris[0] ?? '',
      code_verifier: verifier,
      client_id: client.clientId,
      client_secret: client.secret,
    })
    const again = fields.filter(([field]) => field === name)

    const { status, body } = await sendForm(server, token, [...fields, ...again])

    assert.deepEqual([status, body.error], [400, 'invalid_request']) // RFC 6749 3.2, A79, A37
    assert.equal((await exchange(server, client, code)).status, 200)
  })
}

for (const [what, change, error] of [
  ['another redirect_uri', { redirect_uri: 'https://app.example/other' }, 'invalid_grant'],
  [
    'a redirect_uri with a slash more',
    { redirect_uri: 'https://app.example/callback/' },
    'invalid_grant',
  ],
  ['no redirect_uri', { redirect_uri: '' }, 'invalid_request'],
  ['no code', { code: '' }, 'invalid_request'],
] as const) {
  test(`an exchange with ${what} is refused and spends nothing`, async () => {
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user)

    const { status, body } = await exchange(server, client, code, change)

    assert.deepEqual([status, body.error], [400, error]) // RFC 6749 4.1.3, A37
    assert.equal((await exchange(server, client, code)).status, 200)
  })
}

test('a code that is not quite the code is no code', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)

  for (const wrong of [
    `${code} `,
    ` ${code}`,
    `${code}\0`,
    code.toUpperCase(),
    'x'.repeat(10_000),
    'x',
  ]) {
    const { status, body } = await exchange(server, client, wrong)

    assert.deepEqual([status, body.error], [400, 'invalid_grant']) // A40
  }
  assert.equal((await exchange(server, client, code)).status, 200)
})

test('codes and tokens have at least 256 bits and no two are alike', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const seen = new Set<string>()

  for (let round = 0; round < 20; round++) {
    const code = await codeFor(server, client, user)
    const { body } = await exchange(server, client, code)
    for (const secret of [code, body.access_token, body.refresh_token]) {
      assert.match(secret, /^(agpt_(xt_u|rt_))?[\w-]{43,}$/) // RFC 6749 10.10, A41
      seen.add(secret)
    }
  }
  assert.equal(seen.size, 60)
})

test('unknown fields are ignored and empty ones count as left out', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)

  const { status } = await exchange(server, client, code, {
    utm: 'x',
    'scope[]': 'admin',
    scope: '',
    resource: '',
    audience: 'https://evil.test',
  })

  assert.equal(status, 200) // RFC 6749 3.2, A80
})

test('the code exchange takes no scope to widen', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user, { scope: 'IDENTITY' })

  const { body } = await exchange(server, client, code, { scope: 'IDENTITY RUN_AGENT' })

  assert.equal(body.scope, 'IDENTITY') // A54
})

for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
  test(`${method} at the token endpoint is not a method it has`, async () => {
    const client = await server.client({ type: 'machine' })

    const { status, headers } = await send(server, `${token}?grant_type=client_credentials`, {
      method,
      headers: basic(client),
    })

    assert.equal(status, 405) // RFC 6749 3.2, RFC 9110 15.5.6, A73
    assert.equal(headers.get('allow'), 'POST, OPTIONS')
  })
}

for (const type of [
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/xml',
  undefined,
]) {
  test(`a token request as ${type} is refused`, async () => {
    const client = await server.client({ type: 'machine' })
    const body = new TextEncoder().encode('grant_type=client_credentials')
    const headers = { ...basic(client), ...(type ? { 'content-type': type } : {}) }

    const answer = await send(server, token, { method: 'POST', body, headers })

    assert.equal(answer.status, 400) // RFC 6749 3.2, A73
    assert.equal(answer.body.error, 'invalid_request')
  })
}
