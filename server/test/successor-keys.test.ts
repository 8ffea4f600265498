import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Database } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { openPostgres } from '#db/postgres.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import {
  introspect,
  refresh,
  startServer,
  type TestClient,
  type TestServer,
  tokensFor,
} from './harness.ts'

const [old, next] = [
  'the earlier SECRET_KEY of 32 and more',
  'the coming SECRET_KEY of 32 and more',
]

/** The order of a rotation of SECRET_KEY: every node accepts the next one before any uses it. */
async function nodes(t: TestContext, pools: Database[] = []) {
  const [pool, otherPool] = pools
  const parts = { secretKey: old, ...(pool && { db: pool }) }
  const before = await startServer(t, { SECRET_KEYS_ACCEPTED: next }, parts)
  const at = (secretKey: string, accepted = '') =>
    startServer(
      t,
      { ISSUER: before.url, ...(accepted && { SECRET_KEYS_ACCEPTED: accepted }) },
      { secretKey, db: otherPool ?? before.db },
    )
  const client = await before.client()
  return { before, after: await at(next, old), at, client }
}

/** Requests that share a pool may share a statement; those of two nodes do not. */
async function twoPools(t: TestContext): Promise<Database[]> {
  const databaseUrl = await testDatabaseUrl(t)
  const pools = [openPostgres({ databaseUrl }), openPostgres({ databaseUrl })]
  for (const pool of pools) t.after(() => pool.close())
  await migrate(pools[0] as Database)
  return pools
}

const tokenAt = async (server: TestServer, client: TestClient): Promise<string> =>
  (await tokensFor(server, client, await server.user())).refresh_token ?? ''

async function familySize(server: TestServer, client: TestClient): Promise<number> {
  const { rowCount } = await server.db.query(
    `select 1
       from refresh_tokens t
       join token_families f on f.id = t.family_id
       join consents c       on c.id = f.consent_id
       join clients k        on k.id = c.client_id
      where k.client_id = $1`,
    [client.clientId],
  )
  return rowCount
}

// R17: contract, section 3: a lost answer costs nobody a sign-in, and no sibling can exist
test('a rotation repeated at a node with another key gives the same token', async (t) => {
  const { before, after, client } = await nodes(t)

  for (const [one, other] of [
    [before, after],
    [after, before],
  ] as const) {
    const token = await tokenAt(one, client)
    const first = await refresh(one, client, token)
    const repeated = await refresh(other, client, token)

    assert.deepEqual([first.status, repeated.status], [200, 200])
    assert.equal(repeated.body.refresh_token, first.body.refresh_token)
    assert.equal((await refresh(other, client, first.body.refresh_token)).status, 200)
  }
  assert.equal(await familySize(before, client), 6)
})

test('a window opened under one key ends under the other like any: reuse ends the family', async (t) => {
  const { before, after, client } = await nodes(t)
  const token = await tokenAt(before, client)
  const { body } = await refresh(before, client, token)
  const second = await refresh(after, client, body.refresh_token)

  const reused = await refresh(after, client, token)

  assert.deepEqual([reused.status, reused.body.error], [400, 'invalid_grant'])
  assert.equal((await introspect(after, client, second.body.access_token)).body.active, false)
})

// R17
test('two nodes with different keys that are sent one token at once give one successor', {
  skip: testEngine === 'pglite' && 'PostgreSQL only',
}, async (t) => {
  const { before, after, client } = await nodes(t, await twoPools(t))
  const apps = await Promise.all(Array.from({ length: 4 }, () => tokenAt(before, client)))
  const rounds = 15

  await Promise.all(
    apps.map(async (first) => {
      let token = first
      for (let round = 0; round < rounds; round++) {
        const answers = await Promise.all(
          [before, after, before, after].map((node) => refresh(node, client, token)),
        )
        assert.deepEqual(
          answers.map(({ status }) => status),
          [200, 200, 200, 200],
        )
        const given = new Set(answers.map(({ body }) => body.refresh_token))
        assert.equal(given.size, 1)
        token = [...given][0]
        const [{ body } = assert.fail()] = answers
        assert.equal((await introspect(after, client, body.access_token)).body.active, true)
      }
    }),
  )

  assert.equal(await familySize(before, client), apps.length * (rounds + 1))
})

test('a node that lacks the key of an open window says 503, and harms no family', async (t) => {
  const { before, at, client } = await nodes(t)
  const lacking = await at(next, old).then(() => at(next))
  const token = await tokenAt(before, client)
  const first = await refresh(before, client, token)

  const answer = await refresh(lacking, client, token)

  assert.deepEqual([answer.status, answer.body.error], [503, 'temporarily_unavailable'])
  assert.ok(answer.headers.get('retry-after'))
  const again = await refresh(before, client, token)
  assert.equal(again.body.refresh_token, first.body.refresh_token)
  assert.equal((await refresh(lacking, client, first.body.refresh_token)).status, 200)
})

// R17
test('tokens of before live on under the next key alone', async (t) => {
  const { before, at, client } = await nodes(t)
  const tokens = await tokensFor(before, client, await before.user())

  const alone = await at(next)

  assert.equal((await introspect(alone, client, tokens.access_token ?? '')).body.active, true)
  const refreshed = await refresh(alone, client, tokens.refresh_token ?? '')
  assert.equal(refreshed.status, 200)
  const repeated = await refresh(alone, client, tokens.refresh_token ?? '')
  assert.equal(repeated.body.refresh_token, refreshed.body.refresh_token)
})
