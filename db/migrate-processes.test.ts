import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { type Migration, readMigrations } from './migrations.ts'
import { testDatabaseUrl, testEngine } from './testing.ts'

const migration = (id: string, sql: string): Migration => ({ id, sql, checksum: sql })

// Long enough to be killed in.
const slow = [
  migration('0001-one', 'create table one (n integer)'),
  migration(
    '0002-two',
    'create table two (n integer); select pg_sleep(2); insert into two values (1)',
  ),
]

const script = `
  import { openDatabase } from ${JSON.stringify(import.meta.resolve('./database.ts'))}
  import { migrate } from ${JSON.stringify(import.meta.resolve('./migrate.ts'))}
  const { options, migrations } = JSON.parse(process.env.MIGRATE)
  const database = await openDatabase(options)
  console.log('open')
  await migrate(database, migrations)
  await database.close()`

function migrating(options: DatabaseOptions, migrations: Migration[]): ChildProcess {
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, MIGRATE: JSON.stringify({ options, migrations }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

async function place(t: TestContext): Promise<DatabaseOptions> {
  if (testEngine === 'postgres') return { databaseUrl: await testDatabaseUrl(t), dataDir: '' }
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-migrate-'))
  t.after(() => rm(dataDir, { recursive: true }))
  return { dataDir }
}

async function open(t: TestContext, options: DatabaseOptions): Promise<Database> {
  const database = await openDatabase(options)
  t.after(() => database.close())
  return database
}

async function migrations(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(
    'select id from schema_migrations order by id',
  )
  return rows.map(({ id }) => id)
}

// R14
test('processes that start at the same time migrate once', async (t) => {
  const options = await place(t)

  const nodes = [1, 2, 3].map(() => migrating(options, readMigrations()))
  const codes = await Promise.all(nodes.map(async (node) => (await once(node, 'exit'))[0]))

  assert.deepEqual(codes, [0, 0, 0])
  const database = await open(t, options)
  assert.deepEqual(
    await migrations(database),
    readMigrations().map(({ id }) => id),
  )
})

// R14
test('a kill in the middle of a migration leaves nothing half, and the next start does it', async (t) => {
  const options = await place(t)
  const killed = migrating(options, slow)
  await once(killed.stdout ?? assert.fail(), 'data')
  await sleep(1000)
  killed.kill('SIGKILL')
  assert.deepEqual(await once(killed, 'exit'), [null, 'SIGKILL'])

  const database = await open(t, options)
  assert.deepEqual(await migrations(database), ['0001-one'])
  assert.deepEqual((await database.query(`select to_regclass('two') as "two"`)).rows, [
    { two: null },
  ])
  await migrate(database, slow)

  assert.deepEqual(await migrations(database), ['0001-one', '0002-two'])
  assert.equal((await database.query('select 1 from two')).rowCount, 1)
})
