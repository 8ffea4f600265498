import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { openPostgres } from '#db/postgres.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { startProxy } from './faults/tcp-proxy.ts'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, type TestServer } from './harness.ts'
import { bearer, send } from './requests.ts'

const soon = { usageEvery: 20 }

const keyUsed = async (db: Db, id: string) =>
  (
    await db.query<{ at: Date | null }>('select last_used_at as at from api_keys where id = $1', [
      id,
    ])
  ).rows[0]?.at

/** When a consent was used, and those of its scopes that were. */
async function consentUsed(db: Db, id: string) {
  const { rows } = await db.query<{ at: Date | null; scopes: string[] }>(
    `select last_used_at as at,
            array(select scope from consent_scopes s
                   where s.consent_id = c.id and s.last_used_at is not null
                   order by scope) as scopes
       from consents c
      where id = $1`,
    [id],
  )
  return rows[0]
}

async function until<T>(look: () => Promise<T>): Promise<NonNullable<T>> {
  for (let tries = 0; tries < 250; tries++) {
    const seen = await look()
    if (seen) return seen
    await sleep(20)
  }
  throw new Error('it did not happen')
}

const graphs = (server: TestServer, headers: Record<string, string>) =>
  send(server, '/external-api/v2/graphs', { headers })

const share = (server: TestServer, headers: Record<string, string>) =>
  send(server, '/external-api/v2/runs/7f2f1b1e-9d5a-4c0e-8b0a-3f1f6f0a9c11/share', {
    method: 'POST',
    headers,
  })

test('a call marks its key as used, and no other', async (t) => {
  const server = await startServer(t, {}, soon)
  const user = await server.user()
  const used = await apiKeyFor(server, user, ['READ_GRAPH'])
  const idle = await apiKeyFor(server, user, ['READ_GRAPH'])
  const refused = await apiKeyFor(server, user, ['READ_RUN'])

  assert.equal((await graphs(server, { 'x-api-key': refused.key })).status, 403)
  assert.equal((await graphs(server, { 'x-api-key': used.key })).status, 200)

  const first = await until(() => keyUsed(server.db, used.id))
  assert.ok(Math.abs(Date.now() - first.getTime()) < 60_000)
  assert.equal(await keyUsed(server.db, idle.id), null)
  assert.equal(await keyUsed(server.db, refused.id), null)
  assert.equal((await graphs(server, bearer(used.key))).status, 200)
  await until(async () => ((await keyUsed(server.db, used.id)) ?? first) > first)
})

test('a call marks its consent as used, and of its scopes those that it needed', async (t) => {
  const server = await startServer(t, {}, soon)
  const scopes = ['IDENTITY', 'READ_GRAPH', 'READ_RUN', 'SHARE_RUN']
  const token = await issueToken(server, { scopes })
  const other = await issueToken(server, { scopes })
  const used = (id: string) => consentUsed(server.db, id)

  assert.equal((await share(server, bearer(token.value))).status, 201)

  await until(async () => (await used(token.consentId))?.at)
  assert.deepEqual((await used(token.consentId))?.scopes, ['READ_RUN', 'SHARE_RUN'])
  assert.deepEqual(await used(other.consentId), { at: null, scopes: [] })
  assert.equal((await graphs(server, bearer(token.value))).status, 200)
  await until(async () => (await used(token.consentId))?.scopes.includes('READ_GRAPH'))
  assert.equal((await used(token.consentId))?.scopes.includes('IDENTITY'), false)
})

test('no call writes or waits for it: many are one statement a table, at the end too', async (t) => {
  const server = await startServer(t)
  const { db } = server
  const { id, key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])
  const token = await issueToken(server, { scopes: ['READ_GRAPH'] })

  for (let round = 0; round < 10; round++) {
    await graphs(server, { 'x-api-key': key })
    await graphs(server, bearer(token.value))
  }

  assert.equal(await keyUsed(db, id), null)
  assert.equal((await consentUsed(db, token.consentId))?.at, null)
  const before = db.stats().statements
  await server.app.close()
  assert.equal(db.stats().statements - before, 2)
  assert.ok(await keyUsed(db, id))
  assert.deepEqual((await consentUsed(db, token.consentId))?.scopes, ['READ_GRAPH'])
})

const skip = testEngine === 'pglite' && 'PostgreSQL only: the network is between it and the server'

test('a database that is away costs a hint and no call', { skip }, async (t) => {
  const databaseUrl = await testDatabaseUrl(t)
  const proxy = await startProxy(t, databaseUrl)
  const db = openPostgres({ databaseUrl: proxy.databaseUrl })
  t.after(() => db.close())
  await migrate(db)
  const server = await startServer(t, {}, { db, ...soon })
  const { id, key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])
  const call = async () => (await graphs(server, { 'x-api-key': key })).status

  proxy.weather = { losesAnswerTo: /update api_keys/ }
  assert.equal(await call(), 200)
  await until(async () => proxy.lost > 0)
  proxy.weather = { resetsAnswers: true }
  proxy.reset()
  await until(async () => (await call()) === 503)
  proxy.weather = {}

  await until(async () => (await call()) === 200)
  const first = await until(() => keyUsed(db, id))
  assert.equal(await call(), 200)
  await until(async () => ((await keyUsed(db, id)) ?? first) > first)
})
