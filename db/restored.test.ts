import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Db } from './database.ts'
import { beginEpoch } from './restored.ts'
import { testDatabase, testDb } from './testing.ts'

// Nothing in these can be presented and was revoked or used up by a change of its row; what an
// administrator changed comes back, and docs/operate.md says so.
const kept = [
  'accounts',
  'audit_events',
  'client_secrets',
  'clients',
  'consent_scopes',
  'consents',
  'rate_limits',
  'replay_records',
  'schema_migrations',
  'signing_keys',
]

// A table that is new here: can somebody present what is in it? Then a restore must empty it.
test('of every table it was decided whether a restore empties it', async (t) => {
  const db = await testDatabase(t)
  const before = await filesOf(db)

  await beginEpoch(db, { consents: false })

  // What is truncated gets a new file.
  const after = await filesOf(db)
  const same = [...before].filter(([table, file]) => after.get(table) === file)
  assert.deepEqual(
    same.map(([table]) => table),
    kept,
  )
})

async function filesOf(db: Db): Promise<Map<string, number>> {
  const { rows } = await db.query<{ table: string; file: number }>(
    `select relname as "table", pg_relation_filenode(oid)::int as "file"
       from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r'
      order by relname`,
  )
  return new Map(rows.map(({ table, file }) => [table, file]))
}

test('consents go only when it is asked for', async (t) => {
  const db = await testDb(t)
  await db.query(
    `insert into accounts (id, email, email_key) values (gen_random_uuid(), 'a@b.c', 'a@b.c')`,
  )
  await db.query(
    `insert into clients (id, client_id, name, type, grant_types)
     values (gen_random_uuid(), 'agpt_client_a', 'A', 'web', '{}')`,
  )
  await db.query(
    `insert into consents (id, account_id, client_id)
     select gen_random_uuid(), a.id, c.id
       from accounts a, clients c`,
  )
  const consents = async () => (await db.query('select 1 from consents')).rowCount

  await beginEpoch(db, { consents: false })
  assert.equal(await consents(), 1)
  await beginEpoch(db, { consents: true })
  assert.equal(await consents(), 0)
})
