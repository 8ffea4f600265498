import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeFor, exchange, post, refresh, startServer, type TestServer } from './harness.ts'

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
