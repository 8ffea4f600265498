import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeFor, introspect, post, postJson, refresh, startServer, tokensFor } from './harness.ts'
import { basic, bearer, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const path = '/api/oauth/introspect'
const inactive = { active: false }

async function signedIn(fields = {}) {
  const [client, user] = [await server.client(fields), await server.user()]
  const tokens = await tokensFor(server, client, user)
  return { client, user, at: tokens.access_token ?? '', rt: tokens.refresh_token ?? '', tokens }
}

const seconds = () => Date.now() / 1000

test('an access token shows what it may do, until when and for whom', async () => {
  const { client, user, at } = await signedIn()

  const { status, headers, body } = await introspect(server, client, at)

  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^application\/json/)
  assert.equal(headers.get('cache-control'), 'no-store') // RFC 7662 2.2, A81
  const { exp, iat, ...rest } = body
  assert.ok(Math.abs(exp - seconds() - 3600) < 60 && Math.abs(iat - seconds()) < 60)
  assert.deepEqual(rest, {
    active: true,
    token_type: 'Bearer',
    client_id: client.clientId,
    sub: user.id,
    user_id: user.id,
    iss: server.url,
    scope: 'openid IDENTITY READ_GRAPH',
    scopes: ['openid', 'IDENTITY', 'READ_GRAPH'],
  })
})

test('a refresh token shows the same without a token_type', async () => {
  const { client, user, rt } = await signedIn()

  const { body } = await introspect(server, client, rt)

  assert.ok(Math.abs(body.exp - seconds() - 30 * 86400) < 60)
  assert.deepEqual([body.active, body.sub, body.scopes.length], [true, user.id, 3])
  assert.ok(!('token_type' in body)) // RFC 7662 2.2
})

test('a JSON request is told the kind of the token', async () => {
  const { client, at, rt } = await signedIn()

  const access = await postJson(server, path, { token: at }, client)
  const refreshing = await postJson(server, path, { token: rt }, client)

  assert.equal(access.body.token_type, 'access_token')
  assert.equal(refreshing.body.token_type, 'refresh_token')
})

test('a client may authenticate by Basic', async () => {
  const { client, at } = await signedIn()

  const { body } = await sendForm(server, path, { token: at }, basic(client))

  assert.equal(body.active, true) // RFC 7662 2.1
})

test('to a client that does not own it a token is not active, to a resource server it is', async () => {
  const { at, rt } = await signedIn()
  const [other, reader] = [await server.client(), await server.client({ resourceServer: true })]

  // RFC 7662 4, A81
  for (const token of [at, rt]) {
    assert.deepEqual((await introspect(server, other, token)).body, inactive)
    assert.equal((await introspect(server, reader, token)).body.active, true)
  }
})

test('nobody is told anything without credentials', async () => {
  const { client, at } = await signedIn()

  const anonymous = await sendForm(server, path, { token: at })
  const byToken = await sendForm(server, path, { token: at }, bearer(at))
  const wrong = await introspect(server, { ...client, secret: 'wrong' }, at)
  const onlyId = await sendForm(server, path, { token: at, client_id: client.clientId })

  // RFC 7662 2.1, A81
  assert.equal(anonymous.status, 400)
  assert.equal(byToken.status, 400)
  for (const answer of [wrong, onlyId]) {
    assert.deepEqual([answer.status, answer.body.error], [401, 'invalid_client'])
  }
})

test('a public app may look at its own tokens, not at those of others', async () => {
  const { client, at } = await signedIn({ type: 'spa' })
  const other = await server.client({ type: 'spa' })

  assert.equal((await introspect(server, client, at)).body.active, true)
  assert.deepEqual((await introspect(server, other, at)).body, inactive)
})

test('whatever is no living token is exactly not active', async () => {
  const { client, user, at, rt } = await signedIn()
  await refresh(server, client, rt)
  const spent = await codeFor(server, client, user)

  for (const token of ['x', 'agpt_xt_unknown', `${at}x`, at.slice(0, -1), rt, spent, `${at} `]) {
    assert.deepEqual((await introspect(server, client, token)).body, inactive) // RFC 7662 2.2
  }
  await server.db.query(`update access_tokens set expires_at = now() - interval '1 second'`)
  assert.deepEqual((await introspect(server, client, at)).body, inactive) // A75
})

// RFC 7662 2.2
test('a JWT is not active, whichever way it is asked about, and only to a client', async (t) => {
  const library = await startServer(t, {}, { db: server.db, libraryIntrospection: true })
  const { client, tokens } = await signedIn()
  const token = tokens.id_token ?? ''
  const quoting = { accept: 'application/token-introspection+jwt' }

  for (const asked of [server, library]) {
    for (const answer of [
      await introspect(asked, client, token),
      await postJson(asked, path, { token }, client),
      await sendForm(asked, path, { token }, { ...basic(client), ...quoting }),
    ]) {
      assert.deepEqual([answer.status, answer.body], [200, inactive])
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
    const wrong = await introspect(asked, { ...client, secret: 'wrong' }, token)
    assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client'])
  }
})

test('the hint is only a hint', async () => {
  const { client, at, rt } = await signedIn()

  for (const token_type_hint of ['access_token', 'refresh_token', 'nonsense']) {
    for (const token of [at, rt]) {
      const { body } = await post(server, path, { token, token_type_hint }, client)

      assert.equal(body.active, true) // RFC 7662 2.1, A81
    }
  }
})

test('a token missing or given twice is refused', async () => {
  const { client, at } = await signedIn()

  const missing = await post(server, path, {}, client)
  const twice = await sendForm(
    server,
    path,
    [
      ['token', at],
      ['token', at],
    ],
    basic(client),
  )

  for (const { status, body } of [missing, twice]) {
    assert.deepEqual([status, body.error], [400, 'invalid_request']) // RFC 7662 2.1, A79
  }
})

test('a narrowed consent narrows every living token at once, nothing left is not active', async () => {
  const { client, user, at, rt } = await signedIn()
  const withdraw = (scope: string) =>
    server.db.query(
      `delete from consent_scopes
        where scope = $1
          and consent_id = (select id from consents where account_id = $2)`,
      [scope, user.id],
    )

  await withdraw('READ_GRAPH')
  for (const token of [at, rt]) {
    const { scopes } = (await introspect(server, client, token)).body
    assert.deepEqual(scopes.sort(), ['IDENTITY', 'openid'])
  }
  const { scopes } = (await refresh(server, client, rt)).body
  assert.deepEqual(scopes.sort(), ['IDENTITY', 'openid'])
  await withdraw('IDENTITY')
  await withdraw('openid')
  assert.deepEqual((await introspect(server, client, at)).body, inactive)
})

test('a consent that was taken back, or its person disabled, ends the tokens', async () => {
  const [one, two] = [await signedIn(), await signedIn()]
  await server.db.query('delete from consents where account_id = $1', [one.user.id])
  await server.db.query('update accounts set disabled_at = now() where id = $1', [two.user.id])

  for (const { client, at, rt } of [one, two]) {
    assert.deepEqual((await introspect(server, client, at)).body, inactive) // A57, A84
    assert.equal((await refresh(server, client, rt)).body.error, 'invalid_grant')
  }
})

test('GET is not a method of it, so that no token stands in an address', async () => {
  const { client, at } = await signedIn()

  const { status } = await send(server, `${path}?token=${at}`, { headers: basic(client) })

  assert.equal(status, 405) // RFC 7662 4
})
