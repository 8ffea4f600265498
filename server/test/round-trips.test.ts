import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  codeFor,
  exchange,
  introspect,
  post,
  refresh,
  startServer,
  type TestServer,
  tokensFor,
} from './harness.ts'
import { bearer, send } from './requests.ts'

/** Statements that work sent to the database; each is a round trip. */
async function counted<T>({ db }: TestServer, work: () => Promise<T>): Promise<[number, T]> {
  const before = db.stats().statements
  const result = await work()
  return [db.stats().statements - before, result]
}

test('a token request reads once and writes once', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const code = await codeFor(server, client, await server.user())

  const [exchanging, tokens] = await counted(server, () => exchange(server, client, code))
  const [refreshing, refreshed] = await counted(server, () =>
    refresh(server, client, tokens.body.refresh_token),
  )

  assert.deepEqual([tokens.status, refreshed.status], [200, 200])
  assert.ok(refreshed.body.id_token)
  assert.deepEqual({ exchanging, refreshing }, { exchanging: 2, refreshing: 2 })
})

test('a machine’s token takes one round trip, and one more where its client is not known yet', async (t) => {
  const server = await startServer(t)
  const client = await server.client({ type: 'machine' })
  const ask = () =>
    counted(server, () =>
      post(server, '/api/oauth/token', { grant_type: 'client_credentials' }, client),
    )

  const [first] = await ask()
  const [second, { status }] = await ask()

  assert.deepEqual({ first, second, status }, { first: 2, second: 1, status: 200 })
})

test('a refused token request writes nothing', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const code = await codeFor(server, client, await server.user())

  const [statements, { status }] = await counted(server, () =>
    exchange(server, client, code, { code_verifier: 'x'.repeat(43) }),
  )

  assert.deepEqual({ statements, status }, { statements: 1, status: 400 })
})

test('introspection takes one round trip, whatever the token and whoever asks', async (t) => {
  const server = await startServer(t)
  const [client, machine] = [await server.client(), await server.client({ type: 'machine' })]
  const reader = await server.client({ resourceServer: true })
  const tokens = await tokensFor(server, client, await server.user())
  const grant = await post(
    server,
    '/api/oauth/token',
    { grant_type: 'client_credentials' },
    machine,
  )
  const asked = [
    [client, tokens.access_token],
    [client, tokens.refresh_token],
    [reader, tokens.access_token],
    [machine, grant.body.access_token],
    [machine, tokens.access_token],
    [client, `${tokens.access_token}x`],
  ] as const

  for (const [caller, token] of asked) {
    const [statements, { status }] = await counted(server, () =>
      introspect(server, caller, token ?? ''),
    )

    assert.deepEqual({ statements, status }, { statements: 1, status: 200 })
  }
})

test('whoever a token acts for is told in one round trip, and in none the next time', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const { access_token } = await tokensFor(server, client, user)

  for (const [token, status, trips] of [
    [access_token, 200, [1, 0]],
    [`${access_token}x`, 401, [1, 1]],
  ] as const) {
    for (const [index, version] of ['v1', 'v2'].entries()) {
      const [statements, answer] = await counted(server, () =>
        send(server, `/external-api/${version}/me`, { headers: bearer(token) }),
      )

      const expected = { statements: trips[index], status }
      assert.deepEqual({ statements, status: answer.status }, expected)
    }
  }
})
