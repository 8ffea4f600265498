import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { readMigrations } from '#db/migrations.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort, startProcess } from './server-process.ts'
import { startLoad } from './topology-load.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

// As those of a next release: a column, an index and a foreign key, on tables in constant use.
const next = [
  `alter table access_tokens add column test_note text not null default 'none'`,
  'create index test_index on access_tokens (issued_at); create index on accounts (created_at)',
  `create table test_notes (
     client_id uuid not null references clients on delete cascade,
     note      text not null
   )`,
].map((sql, index) => ({ id: `9${index}-test`, sql, checksum: sql }))

async function installation(t: TestContext) {
  const databaseUrl = await testDatabaseUrl(t)
  const adminToken = randomBytes(24).toString('hex')
  const { url } = await startProcess(t, {
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'silent',
  })
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(() => db.close())
  return { db, url, adminToken }
}

/** Somebody's long look at a table; migrations wait until it is over. */
async function hold(db: Database, table: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  const look = db.transaction(
    async (tx) => {
      await tx.query(`select 1 from ${table} limit 1`)
      held.resolve()
      await ended.promise
    },
    { timeoutSeconds: 60 },
  )
  look.catch(held.reject)
  await held.promise
  return async () => {
    ended.resolve()
    await look
  }
}

// R13
test(
  'a migration of tables in use fails no request, however long it has to wait',
  only,
  async (t) => {
    const { db, ...place } = await installation(t)
    const load = await startLoad(t, place)
    const release = await hold(db, 'access_tokens')
    let done = false

    const migrated = migrate(db, [...readMigrations(), ...next]).then(() => {
      done = true
    })
    try {
      await sleep(3000)
      const before = load.counts.refresh ?? 0
      await sleep(3000)
      assert.equal(done, false)
      assert.ok((load.counts.refresh ?? 0) > before)
    } finally {
      await release()
    }
    await migrated
    await sleep(500)

    const { counts, failures } = await load.stop()
    t.diagnostic(JSON.stringify(counts))
    assert.deepEqual(failures, [])
    assert.equal((await fetch(`${place.url}/health/ready`)).status, 200)
    const { rows } = await db.query<{ phase: string }>(
      `select phase
       from schema_migrations
      where id like '9%'`,
    )
    assert.deepEqual(
      rows.map(({ phase }) => phase),
      ['expand', 'expand', 'expand'],
    )
  },
)
