import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrate } from './migrate.ts'
import { testDatabase, testDb } from './testing.ts'

test('every table and column says what it is for', async (t) => {
  const db = await testDb(t)

  const { rows } = await db.query<{ table: string; column: string | null }>(
    `select c.relname as "table", a.attname as "column"
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace
        and c.relkind = 'r'
        and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)`,
  )

  assert.deepEqual(rows, [])
})

test('migrating twice changes nothing', async (t) => {
  const database = await testDatabase(t)
  await migrate(database)
})
