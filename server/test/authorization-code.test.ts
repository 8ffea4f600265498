import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  authorizePath,
  callbackParams,
  codeFor,
  exchange,
  introspect,
  refresh,
  signInAndApprove,
  startServer,
  tokensFor,
  verifier,
} from './harness.ts'

test('a code becomes tokens with every field of both dialects', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]

  const { status, headers, body } = await exchange(
    server,
    client,
    await codeFor(server, client, user),
  )

  assert.equal(status, 200)
  assert.match(body.access_token, /^agpt_xt_[\w-]{43,}$/)
  assert.match(body.refresh_token, /^agpt_rt_[\w-]{43,}$/)
  assert.equal(body.token_type, 'Bearer')
  assert.equal(body.expires_in, 3600)
  assert.equal(body.scope, 'openid IDENTITY READ_GRAPH')
  assert.deepEqual(body.scopes, ['openid', 'IDENTITY', 'READ_GRAPH'])
  assert.equal(typeof body.id_token, 'string')
  assert.ok(Math.abs(Date.parse(body.access_token_expires_at) - Date.now() - 3600_000) < 60_000)
  assert.ok(
    Math.abs(Date.parse(body.refresh_token_expires_at) - Date.now() - 30 * 86400_000) < 60_000,
  )
  // RFC 6749 5.1
  assert.equal(headers.get('cache-control'), 'no-store')
})

test('the answer to the app repeats its state and names the issuer', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const state = `${'x'.repeat(2000)} &=#"<é`

  const page = await signInAndApprove(server.visitor(), authorizePath(client, { state }), user)

  const params = callbackParams(page)
  assert.equal(params.state, state) // RFC 6749 4.1.2, A128
  assert.equal(params.iss, server.url) // RFC 9207 2, A141
  assert.deepEqual(Object.keys(params).sort(), ['code', 'iss', 'state'])
})

test('of many exchanges of one code at the same time exactly one succeeds', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)

  const answers = await Promise.all(
    Array.from({ length: 30 }, () => exchange(server, client, code)),
  )

  // RFC 6749 4.1.2, A46
  const won = answers.filter(({ status }) => status === 200)
  const lost = answers.filter(({ status }) => status !== 200)
  assert.equal(won.length, 1)
  assert.ok(lost.every(({ status, body }) => status === 400 && body.error === 'invalid_grant'))
  assert.equal((await introspect(server, client, won[0]?.body.access_token)).body.active, true)
})

test('a code repeated within two seconds by its own client is only refused', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  const first = await exchange(server, client, code)

  const second = await exchange(server, client, code)

  assert.equal(second.body.error, 'invalid_grant')
  assert.equal((await introspect(server, client, first.body.access_token)).body.active, true)
})

test('a code that comes again later ends everything that came from it', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  const { body } = await exchange(server, client, code)
  await server.db.query(`update authorization_codes set consumed_at = now() - interval '3 seconds'`)

  const again = await exchange(server, client, code)

  // RFC 6749 4.1.2, RFC 9700 4.5, A33
  assert.equal(again.status, 400)
  assert.equal((await introspect(server, client, body.access_token)).body.active, false)
  assert.equal((await refresh(server, client, body.refresh_token)).body.error, 'invalid_grant')
})

for (const [what, fields] of [
  ['a wrong verifier', { code_verifier: verifier.replace('0', '1') }],
  ['another redirect_uri', { redirect_uri: 'https://app.example/other' }],
] as const) {
  test(`a spent code repeated at once with ${what} ends its family`, async (t) => {
    const server = await startServer(t)
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user)
    const { body } = await exchange(server, client, code)

    const again = await exchange(server, client, code, fields)

    assert.equal(again.body.error, 'invalid_grant')
    assert.equal((await introspect(server, client, body.access_token)).body.active, false)
  })
}

test('a code of one client is worth nothing to another, and stays good for its own', async (t) => {
  const server = await startServer(t)
  const [client, thief, user] = [await server.client(), await server.client(), await server.user()]
  const code = await codeFor(server, client, user)

  const stolen = await exchange(server, thief, code)

  assert.equal(stolen.body.error, 'invalid_grant') // RFC 6749 5.2, A36
  assert.equal((await exchange(server, client, code)).status, 200)
})

test('an expired code is refused', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  await server.db.query(`update authorization_codes set expires_at = now() - interval '1 second'`)

  const { status, body } = await exchange(server, client, code)

  assert.deepEqual([status, body.error], [400, 'invalid_grant']) // A35, A38
})

test('a code is worth nothing once its person or its client is disabled', async (t) => {
  const server = await startServer(t)
  for (const table of ['accounts', 'clients']) {
    const [client, user] = [await server.client(), await server.user()]
    const code = await codeFor(server, client, user)
    await server.db.query(`update ${table} set disabled_at = now()`)

    const { body } = await exchange(server, client, code)

    assert.ok(['invalid_grant', 'invalid_client'].includes(body.error)) // A39, A71
    await server.db.query(`update ${table} set disabled_at = null`)
  }
})

test('tokens stop when their client is disabled, and the database has only hashes', async (t) => {
  const server = await startServer(t)
  const [client, other, user] = [
    await server.client(),
    await server.client({ resourceServer: true }),
    await server.user(),
  ]
  const tokens = await tokensFor(server, client, user)

  const dump = await server.db.query<{ row: string }>(
    `select row_to_json(t)::text as row from access_tokens t
      union all select row_to_json(t)::text from refresh_tokens t
      union all select row_to_json(t)::text from authorization_codes t
      union all select row_to_json(t)::text from sessions t
      union all select row_to_json(t)::text from client_secrets t`,
  )
  const text = dump.rows.map(({ row }) => row).join('\n')
  assert.ok(text.length > 500)
  for (const secret of [tokens.access_token, tokens.refresh_token, client.secret]) {
    assert.ok(secret && !text.includes(secret)) // A42
  }
  await server.db.query('update clients set disabled_at = now() where id = $1', [client.id])
  assert.deepEqual((await introspect(server, other, tokens.access_token ?? '')).body, {
    active: false,
  })
})

test('a code whose family was ended in the meantime gives nothing', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  await server.db.query(
    `update token_families f
        set ended_at = now(), end_reason = 'password_change'
       from consents c
      where c.id = f.consent_id and c.account_id = $1`,
    [user.id],
  )

  const { status, body } = await exchange(server, client, code)

  assert.deepEqual([status, body.error], [400, 'invalid_grant'])
})
