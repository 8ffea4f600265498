import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createAccount } from './accounts.ts'
import { createClient } from './clients.ts'
import { grantScopes } from './consents.ts'
import type { Database, Db } from './database.ts'
import { createChallenge, findChallenge } from './email-challenges.ts'
import { migrate } from './migrate.ts'
import { openPostgres } from './postgres.ts'
import { purges, reclaim } from './purge.ts'
import { rememberOnce } from './replay-records.ts'
import { testDatabase, testDatabaseUrl, testDb, testEngine } from './testing.ts'
import { startFamily } from './token-families.ts'

const onePGliteConnection = testEngine === 'pglite' && 'PGlite has one connection'

function purgeOf(table: string) {
  return purges.find((purge) => purge.table === table) ?? assert.fail(table)
}

const replayRecords = purgeOf('replay_records')
const families = purgeOf('token_families')

async function storeRecords(db: Db, count: number, age: string): Promise<void> {
  await db.query(
    `insert into replay_records (record_hash, expires_at)
     select sha256(gen_random_uuid()::text::bytea), now() - $2::interval - n * interval '1s'
       from generate_series(1, $1::int) as n`,
    [count, age],
  )
}

async function someConsent(db: Db): Promise<string> {
  const email = `${randomUUID()}@example.com`
  const account = await createAccount(db, { email, emailKey: email, emailVerified: true })
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomUUID()}`,
    name: 'App',
    type: 'web',
    grantTypes: ['authorization_code'],
  })
  const accountId = account?.id ?? ''
  return grantScopes(db, { accountId, clientRowId: client.id, scopes: ['IDENTITY'] })
}

async function twoNodes(t: TestContext): Promise<[Database, Database]> {
  const databaseUrl = await testDatabaseUrl(t)
  const nodes: [Database, Database] = [openPostgres({ databaseUrl }), openPostgres({ databaseUrl })]
  t.after(() => Promise.all(nodes.map((node) => node.close())))
  await migrate(nodes[0])
  return nodes
}

test('a batch takes the oldest, no more than asked for, and says where the next begins', async (t) => {
  const db = await testDb(t)
  await storeRecords(db, 25, '2 hours')
  await storeRecords(db, 5, '30 minutes')

  const first = await replayRecords.batch(db, 10)
  const second = await replayRecords.batch(db, 10, first.next)
  const third = await replayRecords.batch(db, 10, second.next)

  assert.deepEqual([first.removed, second.removed, third.removed], [10, 10, 5])
  assert.ok(first.next && second.next && first.next < second.next)
  const { rows } = await db.query(`select 1 from replay_records`)
  assert.equal(rows.length, 5)
})

// R24
test('a batch that has not ended makes no other node wait, which takes other rows', {
  skip: onePGliteConnection,
}, async (t) => {
  const [db, other] = await twoNodes(t)
  await storeRecords(db, 25, '2 hours')

  const others = await db.transaction(async (tx) => {
    await replayRecords.batch(tx, 10)
    return replayRecords.batch(other, 20)
  })

  assert.equal(others.removed, 15)
})

// R24
test('a living family is looked at without making a token of it wait', {
  skip: onePGliteConnection,
}, async (t) => {
  const [db, other] = await twoNodes(t)
  const familyId = await startFamily(db, await someConsent(db))
  await storeToken(db, familyId)
  await db.query('update token_families set review_at = now()')

  const reviewed = await db.transaction(async (tx) => {
    const batch = await families.batch(tx, 10)
    await storeToken(other, familyId)
    return batch
  })

  assert.deepEqual([reviewed.seen, reviewed.removed], [1, 0])
  assert.equal((await families.batch(db, 10)).seen, 0)
})

// A152: it holds a name and a password hash.
test('a sign-up that nobody finished leaves as soon as it is over', async (t) => {
  const db = await testDb(t)
  const make = (lifetime: number) =>
    createChallenge(db, { purpose: 'sign_up', linkHash: randomBytes(32), lifetime })
  const [living] = [await make(60), await make(-1)]

  const { removed } = await purgeOf('email_challenges').batch(db, 10)

  assert.equal(removed, 1)
  assert.ok(await findChallenge(db, living))
})

test('a replay is refused for an hour after the end of what is replayed', async (t) => {
  const db = await testDb(t)
  const now = Math.floor(Date.now() / 1000)
  await rememberOnce(db, Buffer.from('recent'), now - 3000)
  await rememberOnce(db, Buffer.from('old'), now - 4000)

  const { removed } = await replayRecords.batch(db, 10)

  assert.equal(removed, 1)
  assert.equal(await rememberOnce(db, Buffer.from('recent'), now + 60), false)
})

test('every table whose rows expire is swept', async (t) => {
  const db = await testDb(t)

  const { rows } = await db.query<{ table: string }>(
    `select c.relname as "table"
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'expires_at'
      where c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p')
        and not c.relispartition`,
  )

  const swept = new Set(purges.map(({ table }) => table))
  const others = rows.map(({ table }) => table).filter((table) => !swept.has(table))
  // Codes leave with their family, mail when it is sent or given up.
  assert.deepEqual(others.sort(), ['authorization_codes', 'outgoing_mails'])
})

test('the space of removed rows can be used again', async (t) => {
  const db = await testDatabase(t)
  const size = async () =>
    (await db.query<{ n: number }>(`select pg_relation_size('replay_records')::int as n`)).rows[0]
      ?.n ?? 0
  await storeRecords(db, 2000, '2 hours')
  const before = await size()
  await replayRecords.batch(db, 2000)

  await reclaim(db, 'replay_records')
  await storeRecords(db, 1500, '2 hours')

  assert.ok((await size()) <= before)
})

async function storeToken(db: Db, familyId: string): Promise<void> {
  await db.query(
    `insert into access_tokens (token_hash, family_id, scope, expires_at)
     values ($1, $2, 'IDENTITY', now() + interval '1 hour')`,
    [randomBytes(32), familyId],
  )
}
