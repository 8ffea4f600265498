import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { addClientSecret } from '#db/client-secrets.ts'
import {
  type Answer,
  codeFor,
  exchange,
  introspect,
  post,
  postJson,
  refresh,
  type TestClient,
  tokensFor,
} from './harness.ts'
import { basic, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const token = '/api/oauth/token'
const grant_type = 'client_credentials'
const machine = () => server.client({ type: 'machine' })

const rawBasic = (text: string) => ({
  authorization: `Basic ${Buffer.from(text).toString('base64')}`,
})

function assertRefused(answer: Answer, status: number, error: string): void {
  assert.deepEqual([answer.status, answer.body.error], [status, error])
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.equal(answer.body.access_token, undefined)
}

async function addSecret(client: TestClient, expiresAt?: Date): Promise<TestClient> {
  const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
  await addClientSecret(server.db, {
    id: randomUUID(),
    clientRowId: client.id,
    secretHash: createHash('sha256').update(secret).digest(),
    hint: secret.slice(-4),
    ...(expiresAt ? { expiresAt } : {}),
  })
  return { ...client, secret }
}

test('a secret is taken by Basic and in the body, whichever the client likes', async () => {
  const client = await machine()

  const byHeader = await sendForm(server, token, { grant_type }, basic(client))
  const byBody = await post(server, token, { grant_type }, client)
  const byJson = await postJson(server, token, { grant_type }, client)
  const both = await send(server, token, {
    method: 'POST',
    headers: { ...basic(client), 'content-type': 'application/json' },
    body: JSON.stringify({ grant_type }),
  })

  // RFC 6749 2.3.1, A65 as the contract has it
  for (const { status } of [byHeader, byBody, byJson, both]) assert.equal(status, 200)
})

test('the client_id may stand beside Basic if it is the same', async () => {
  const [client, other] = [await machine(), await machine()]

  const same = { grant_type, client_id: client.clientId }
  assert.equal((await sendForm(server, token, same, basic(client))).status, 200)
  const another = { grant_type, client_id: other.clientId }
  assertRefused(await sendForm(server, token, another, basic(client)), 400, 'invalid_request') // A64
})

test('a wrong secret and an unknown client are the same to whoever asks', async () => {
  const client = await machine()
  const wrong = { clientId: client.clientId, secret: `${client.secret}x` }
  const unknown = { clientId: 'agpt_client_unknown', secret: client.secret }

  const answers = [
    await sendForm(server, token, { grant_type }, basic(wrong)),
    await sendForm(server, token, { grant_type }, basic(unknown)),
  ]

  // RFC 6749 5.2, A63
  for (const answer of answers) {
    assertRefused(answer, 401, 'invalid_client')
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic realm=/)
  }
  assert.deepEqual(answers[0]?.body, answers[1]?.body)
  assert.equal(
    answers[0]?.headers.get('www-authenticate'),
    answers[1]?.headers.get('www-authenticate'),
  )
})

test('a wrong secret in the body is the same 401', async () => {
  const client = await machine()

  for (const send of [post, postJson]) {
    const answer = await send(server, token, { grant_type }, { ...client, secret: 'wrong' })

    assertRefused(answer, 401, 'invalid_client') // RFC 6749 5.2, A63
    assert.equal(answer.body.detail, answer.body.error_description)
  }
})

test('a secret given twice, in the header and in the body, is refused', async () => {
  const client = await machine()

  const answer = await sendForm(
    server,
    token,
    { grant_type, client_id: client.clientId, client_secret: client.secret },
    basic(client),
  )

  assertRefused(answer, 400, 'invalid_request') // RFC 6749 2.3, A64
})

test('a client with a secret is nobody without it', async () => {
  const client = await machine()

  const onlyId = await sendForm(server, token, { grant_type, client_id: client.clientId })
  const emptySecret = { grant_type, client_id: client.clientId, client_secret: '' }
  const nothing = await sendForm(server, token, { grant_type })

  assertRefused(onlyId, 401, 'invalid_client') // RFC 6749 3.2.1, A65
  assertRefused(await sendForm(server, token, emptySecret), 401, 'invalid_client')
  assertRefused(nothing, 400, 'invalid_request')
})

for (const type of ['spa', 'native'] as const) {
  test(`a ${type} app has no secret and is refused with one`, async () => {
    const [client, user] = [await server.client({ type }), await server.user()]
    const code = await codeFor(server, client, user)
    const secret = 'agpt_secret_made_up'

    const withSecret = await exchange(server, client, code, { client_secret: secret })
    const plain = await exchange(server, client, code)

    assertRefused(withSecret, 401, 'invalid_client') // A65
    assert.equal(plain.status, 200) // RFC 6749 3.2.1
  })
}

test('what came to a public app is worth nothing to one with a secret, and the reverse', async () => {
  const [spa, web, user] = [
    await server.client({ type: 'spa' }),
    await server.client(),
    await server.user(),
  ]
  const fromSpa = await tokensFor(server, spa, user)
  const fromWeb = await tokensFor(server, web, user)

  const stolen = [
    await refresh(server, web, fromSpa.refresh_token ?? ''),
    await refresh(server, spa, fromWeb.refresh_token ?? ''),
  ]

  for (const answer of stolen) assertRefused(answer, 400, 'invalid_grant') // RFC 6749 6, A53
  assert.equal((await introspect(server, web, fromWeb.access_token ?? '')).body.active, true)
})

test('Basic is decoded as RFC 6749 says, and junk in it is a plain refusal', async () => {
  const { clientId, secret } = await machine()
  const encoded = { clientId: clientId.replace('agpt', '%61gpt'), secret }
  const status = async (headers: Record<string, string>) =>
    (await sendForm(server, token, { grant_type }, headers)).status

  // RFC 6749 2.3.1, RFC 7617 2, A67
  assert.equal(await status(rawBasic(`${encoded.clientId}:${secret}`)), 200)
  const lower = basic({ clientId, secret }).authorization.replace('Basic', 'basic')
  assert.equal(await status({ authorization: lower }), 200)
  for (const text of [
    clientId,
    `${clientId}:`,
    `:${secret}`,
    `${clientId}:${secret}:x`,
    `${clientId}:%`,
    `${clientId}:%ff`,
    `${clientId}:\u0000`,
    `${clientId}:\xff\xfe`,
    '',
  ]) {
    assert.ok([400, 401].includes(await status(rawBasic(text))), text)
  }
  for (const authorization of ['Basic', 'Basic !!!', 'Bearer x', 'Digest a=b', `Basic a b`, 'x']) {
    assert.ok([400, 401].includes(await status({ authorization })), authorization)
  }
})

test('client assertions are not taken, alone or beside a secret', async () => {
  const client = await machine()
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${btoa('{"alg":"none"}')}.${btoa(`{"sub":"${client.clientId}"}`)}.`,
  }

  const alone = await sendForm(server, token, { grant_type, ...assertion })
  const withId = await sendForm(server, token, {
    grant_type,
    client_id: client.clientId,
    ...assertion,
  })

  assert.ok(alone.status === 400 || alone.status === 401) // A66, A69
  assertRefused(withId, 401, 'invalid_client')
})

test('of two secrets both are good, so that a rotation has no gap', async () => {
  const client = await machine()
  const rotated = await addSecret(client)

  assert.equal((await post(server, token, { grant_type }, client)).status, 200) // A70
  assert.equal((await post(server, token, { grant_type }, rotated)).status, 200)
})

test('a secret is worth nothing once it is over or deleted', async () => {
  const client = await machine()
  const old = await addSecret(client, new Date(Date.now() - 1000))

  assertRefused(await post(server, token, { grant_type }, old), 401, 'invalid_client') // A70
  await server.db.query('delete from client_secrets where client_id = $1', [client.id])
  for (const secret of [client.secret, 'none', '', '.']) {
    const answer = await post(server, token, { grant_type }, { ...client, secret })

    assertRefused(answer, 401, 'invalid_client')
  }
})

test('the hash in the database is not the secret', async () => {
  const client = await machine()
  const hash = createHash('sha256').update(client.secret).digest()

  for (const encoding of ['base64url', 'hex', 'base64'] as const) {
    const secret = hash.toString(encoding)
    const answer = await post(server, token, { grant_type }, { ...client, secret })

    assertRefused(answer, 401, 'invalid_client') // A42
  }
})

test('a disabled client is refused everywhere', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const { access_token = '', refresh_token = '' } = await tokensFor(server, client, user)
  await server.db.query('update clients set disabled_at = now() where id = $1', [client.id])

  // A71
  assertRefused(await refresh(server, client, refresh_token), 401, 'invalid_client')
  const atIntrospection = await introspect(server, client, access_token)
  assert.deepEqual([atIntrospection.status, atIntrospection.body.error], [401, 'invalid_client'])
  const atRevocation = await post(server, '/api/oauth/revoke', { token: access_token }, client)
  assert.equal(atRevocation.status, 401)
})

test('credentials in the address are not read', async () => {
  const client = await machine()
  const query = new URLSearchParams({
    grant_type,
    client_id: client.clientId,
    client_secret: client.secret,
  })

  const inQuery = await sendForm(server, `${token}?${query}`, {})
  const secretInQuery = await sendForm(server, `${token}?client_secret=${client.secret}`, {
    grant_type,
    client_id: client.clientId,
  })

  assertRefused(inQuery, 400, 'invalid_request') // RFC 6749 2.3.1, A73
  assertRefused(secretInQuery, 401, 'invalid_client')
})
