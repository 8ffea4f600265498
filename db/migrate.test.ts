import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from './database.ts'
import { MigrationChanged, migrate, SchemaTooNew } from './migrate.ts'
import { type Migration, readMigrations } from './migrations.ts'
import { schemaState } from './schema-state.ts'
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

// R15
test('an older program works with a newer schema that has only grown', async (t) => {
  const database = await testDatabase(t)
  await migrate(database, known(one, two))

  await migrate(database, known(one))

  assert.equal(await schemaState(database, known(one)), 'current')
  assert.deepEqual(await applied(database), ['9001-one', '9002-two'])
})

// R15
test('an older program refuses a schema that lost something, in one line that says what to do', async (t) => {
  const database = await testDatabase(t)
  const contract = migration('9002-two', '-- phase: contract\ndrop table one')
  await migrate(database, known(one, contract))

  const refused = migrate(database, known(one))

  await assert.rejects(refused, (error: Error) => {
    assert.ok(error instanceof SchemaTooNew)
    assert.match(error.message, /^[^\n]*9002-two[^\n]*9001-one[^\n]*newer version[^\n]*$/)
    return true
  })
  assert.equal(await schemaState(database, known(one)), 'new')
})

test('a schema that misses a migration is old, one without any too', async (t) => {
  const database = await testDatabase(t)

  assert.equal(await schemaState(database, known()), 'current')
  assert.equal(await schemaState(database, known(one)), 'old')
  await database.query('drop table schema_migrations')
  assert.equal(await schemaState(database, known()), 'old')
})

// Versions up to 0007 made the table, and write to it while this one runs beside them.
test('the books of an older program are taken over, and it can go on writing in them', async (t) => {
  const database = await testDatabase(t)
  await database.query('alter table schema_migrations drop column phase')
  assert.equal(await schemaState(database, known()), 'current')

  await migrate(database, known(one))
  await database.query(`insert into schema_migrations (id, checksum) values ('9002-two', 'x')`)

  assert.equal(await schemaState(database, known(one)), 'current')
  const { rows } = await database.query('select distinct phase from schema_migrations')
  assert.deepEqual(rows, [{ phase: 'expand' }])
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

  assert.deepEqual((await database.query('select n from limits')).rows, [{ n: '400ms' }])
})
