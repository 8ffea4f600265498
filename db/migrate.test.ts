import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from './database.ts'
import {
  type Migration,
  MigrationChanged,
  migrate,
  readMigrations,
  SchemaTooNew,
} from './migrate.ts'
import { testDatabase, testDb } from './testing.ts'

const migration = (id: string, sql: string): Migration => ({ id, sql, checksum: sql })

const one = migration('9001-one', 'create table one (n integer)')
const two = migration('9002-two', 'create table two (n integer); insert into two values (1)')

async function applied(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    `select id
       from schema_migrations
      where id >= '9'
      order by id`,
  )
  return rows.map(({ id }) => id)
}

const known = (...more: Migration[]) => [...readMigrations(), ...more]

test('every table and column says what it is for', async (t) => {
  const db = await testDb(t)

  const { rows } = await db.query<{ table: string; column: string | null }>(
    `select c.relname as "table", a.attname as "column"
       from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace
        and c.relkind = 'r'
        and (col_description(c.oid, a.attnum) is null or obj_description(c.oid, 'pg_class') is null)`,
  )
  const tables = await db.query(
    `select 1
       from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  )

  assert.deepEqual(rows, [])
  assert.ok(tables.rowCount > 10)
})

test('what is missing is applied in order, and once', async (t) => {
  const database = await testDatabase(t)

  await migrate(database, known(one))
  await migrate(database, known(one, two))
  await migrate(database, known(one, two))

  assert.deepEqual(await applied(database), ['9001-one', '9002-two'])
  assert.equal((await database.query('select 1 from two')).rowCount, 1)
})

test('a migration that fails leaves nothing of itself, and says its name', async (t) => {
  const database = await testDatabase(t)
  const wrong = migration('9002-wrong', 'create table half (n integer); select 1/0')

  await assert.rejects(migrate(database, known(one, wrong)), /^Error: Migration 9002-wrong failed/)

  assert.deepEqual(await applied(database), ['9001-one'])
  assert.deepEqual((await database.query(`select to_regclass('half') as "half"`)).rows, [
    { half: null },
  ])
  await migrate(database, known(one, two))
})

test('an older program refuses a newer schema in one line that says what to do', async (t) => {
  const database = await testDatabase(t)
  await migrate(database, known(one, two))

  const refused = migrate(database, known(one))

  await assert.rejects(refused, (error: Error) => {
    assert.ok(error instanceof SchemaTooNew)
    assert.match(error.message, /^[^\n]*9002-two[^\n]*9001-one[^\n]*newer version[^\n]*$/)
    return true
  })
})

test('a migration that was edited after it had been applied is refused', async (t) => {
  const database = await testDatabase(t)
  await migrate(database, known(one))

  const edited = { ...one, checksum: 'other' }

  await assert.rejects(migrate(database, known(edited, two)), MigrationChanged)
  assert.deepEqual(await applied(database), ['9001-one'])
})

test('the time that a migration waits for a busy table has a limit', async (t) => {
  const database = await testDatabase(t)
  const limit = migration(
    '9001-limit',
    `create table limits as select current_setting('lock_timeout') as n`,
  )

  await migrate(database, known(limit))

  assert.deepEqual((await database.query('select n from limits')).rows, [{ n: '5s' }])
})
