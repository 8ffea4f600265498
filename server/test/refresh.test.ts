import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  introspect,
  postJson,
  refresh,
  startServer,
  type TestServer,
  tokensFor,
} from './harness.ts'

async function signedIn(server: TestServer) {
  const [client, user] = [await server.client(), await server.user()]
  const tokens = await tokensFor(server, client, user)
  const token = tokens.refresh_token ?? ''
  return { client, user, tokens, token }
}

const age = (server: TestServer, seconds: number) =>
  server.db.query(
    'update refresh_tokens set consumed_at = consumed_at - make_interval(secs => $1)',
    [seconds],
  )

test('a refresh token is exchanged for a new pair with the same scopes', async (t) => {
  const server = await startServer(t)
  const { client, tokens, token } = await signedIn(server)

  const { status, body } = await refresh(server, client, token)

  assert.equal(status, 200)
  assert.notEqual(body.refresh_token, token) // RFC 9700 4.14.2, A48
  assert.notEqual(body.access_token, tokens.access_token)
  assert.equal(body.scope, tokens.scope)
  assert.equal((await introspect(server, client, body.refresh_token)).body.active, true)
  assert.equal((await introspect(server, client, token)).body.active, false)
})

test('a refresh repeated after a lost answer gets the same refresh token again', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)
  const first = await refresh(server, client, token)

  const again = await refresh(server, client, token)

  assert.equal(again.status, 200)
  assert.equal(again.body.refresh_token, first.body.refresh_token) // A59
  assert.equal(again.body.refresh_token_expires_at, first.body.refresh_token_expires_at)
})

test('many refreshes at the same time give one successor and no sibling', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)

  const answers = await Promise.all(
    Array.from({ length: 30 }, () => refresh(server, client, token)),
  )

  // RFC 9700 4.14.2, A58
  assert.ok(answers.every(({ status }) => status === 200))
  assert.equal(new Set(answers.map(({ body }) => body.refresh_token)).size, 1)
  const { rows } = await server.db.query('select 1 from refresh_tokens')
  assert.equal(rows.length, 2)
})

test('a token that comes again after thirty seconds ends its family', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)
  const { body } = await refresh(server, client, token)
  await age(server, 31)

  const reused = await refresh(server, client, token)

  assert.deepEqual([reused.status, reused.body.error], [400, 'invalid_grant']) // A49
  assert.equal((await introspect(server, client, body.access_token)).body.active, false)
  assert.equal((await refresh(server, client, body.refresh_token)).status, 400)
})

test('a token that comes again after its successor was redeemed ends its family', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)
  const second = await refresh(server, client, token)
  const third = await refresh(server, client, second.body.refresh_token)

  const reused = await refresh(server, client, token)

  assert.equal(reused.body.error, 'invalid_grant') // A50
  assert.equal((await introspect(server, client, third.body.access_token)).body.active, false)
})

test('another client is only refused, and the family lives', async (t) => {
  const server = await startServer(t)
  const { client, token, tokens } = await signedIn(server)
  const other = await server.client()

  const stolen = await refresh(server, other, token)

  assert.equal(stolen.body.error, 'invalid_grant') // RFC 6749 6, A52
  assert.equal((await introspect(server, client, tokens.access_token ?? '')).body.active, true)
  assert.equal((await refresh(server, client, token)).status, 200)
})

test('a narrower scope narrows the access token only, a wider one is refused and spends nothing', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)

  const wider = await refresh(server, client, token, { scope: 'IDENTITY RUN_AGENT' })
  const narrower = await refresh(server, client, token, { scope: 'IDENTITY' })
  const whole = await refresh(server, client, narrower.body.refresh_token)

  assert.equal(wider.body.error, 'invalid_scope') // RFC 6749 6, A54
  assert.equal(narrower.body.scope, 'IDENTITY') // A55
  assert.equal(whole.body.scope, 'openid IDENTITY READ_GRAPH')
})

test('an expired refresh token is refused', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)
  await server.db.query(`update refresh_tokens set expires_at = now() - interval '1 second'`)

  const { body } = await refresh(server, client, token)

  assert.equal(body.error, 'invalid_grant') // A51
})

test('a family ends a year after it began, however often it is refreshed', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)
  await server.db.query(`update refresh_tokens set first_issued_at = now() - interval '364 days'`)

  const { body } = await refresh(server, client, token)

  // ASVS 10.4.8, A51
  assert.ok(Date.parse(body.refresh_token_expires_at) - Date.now() < 25 * 3600_000)
})

test('tokens of one kind are worth nothing in the place of another', async (t) => {
  const server = await startServer(t)
  const { client, tokens, token } = await signedIn(server)

  const me = await fetch(`${server.url}/external-api/v2/me`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const withAccessToken = await refresh(server, client, tokens.access_token ?? '')

  assert.equal(me.status, 401) // A60
  assert.equal(withAccessToken.body.error, 'invalid_grant')
})

test('an app written for AutoGPT refreshes with JSON', async (t) => {
  const server = await startServer(t)
  const { client, token } = await signedIn(server)

  const { status, body } = await postJson(
    server,
    '/api/oauth/token',
    { grant_type: 'refresh_token', refresh_token: token },
    client,
  )

  assert.equal(status, 200)
  assert.match(body.refresh_token, /^agpt_rt_/)
})
