import { randomUUID } from 'node:crypto'
import { after, type TestContext } from 'node:test'
import type { Database, Db } from './database.ts'
import { openPostgres } from './postgres.ts'
import { layOut, layoutDigest } from './testing-layout.ts'
import { migratedPGlite } from './testing-pglite.ts'
import { startPostgres } from './testing-postgres.ts'

/** TEST_ENGINE=pglite runs the same tests on the embedded engine. */
export const testEngine = process.env.TEST_ENGINE === 'pglite' ? 'pglite' : 'postgres'

let shared: Promise<Owned> | undefined
let server: Promise<string> | undefined

// When the file's tests are over; timers of an open PGlite would hold the process for ten seconds.
after(async () => (await shared)?.drop())

/**
 * A migrated database in a transaction that is rolled back when the test ends. Statements and
 * transactions of the test are savepoints within, so now() stands still during a test.
 */
export async function testDb(t: TestContext): Promise<Db> {
  shared ??= newDatabase()
  const { database } = await shared
  return rolledBack(t, database)
}

/** A migrated database of the test's own, with real commits; gone when the test ends. */
export async function testDatabase(t: TestContext): Promise<Database> {
  const { database, drop } = await newDatabase()
  t.after(drop)
  return database
}

/** An empty PostgreSQL database of the test's own, for a program that opens it by its address. */
export async function testDatabaseUrl(t: TestContext): Promise<string> {
  const { url, drop } = await createDatabase(await serverUrl())
  t.after(drop)
  return url
}

interface Owned {
  database: Database
  drop(): Promise<void>
}

class RolledBack extends Error {}

async function rolledBack(t: TestContext, database: Database): Promise<Db> {
  const opened = Promise.withResolvers<Db>()
  const ended = Promise.withResolvers<void>()
  const closed = database.transaction(
    async (tx) => {
      opened.resolve({
        // A savepoint each, since a failed statement alone does not undo what came before it.
        query: (text, values) => tx.transaction((inner) => inner.query(text, values)),
        transaction: (work) => tx.transaction(work),
      })
      await ended.promise
      throw new RolledBack()
    },
    { timeoutSeconds: 60 },
  )
  closed.catch(opened.reject)
  t.after(async () => {
    ended.resolve()
    await closed.catch((error) => {
      if (!(error instanceof RolledBack)) throw error
    })
  })
  return opened.promise
}

async function newDatabase(): Promise<Owned> {
  if (testEngine === 'pglite') {
    const database = await migratedPGlite()
    return { database, drop: () => database.close() }
  }
  const server = await serverUrl()
  const { url, drop } = await createDatabase(server, await migratedTemplate(server))
  const database = openPostgres({ databaseUrl: url })
  return { database, drop: () => database.close().then(drop) }
}

// The runner starts one server for all test processes; a test file run alone starts its own.
function serverUrl(): Promise<string> {
  const given = process.env.TEST_DATABASE_URL
  server ??= given ? Promise.resolve(given) : startPostgres().then(({ url }) => url)
  return server
}

async function createDatabase(server: string, template = 'template0') {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await onServer(server, (db) => db.query(`create database ${name} template ${template}`))
  const drop = () =>
    onServer(server, (db) => db.query(`drop database if exists ${name} with (force)`))
  return { url: databaseUrl(server, name), drop: () => drop().then(() => {}) }
}

// One per set of migrations, made by the first process that needs it.
async function migratedTemplate(server: string): Promise<string> {
  const name = `test_template_${layoutDigest()}`
  return onServer(server, async (db) => {
    // A session lock, held by the one connection of a transaction that does nothing else.
    await db.transaction(
      async (tx) => {
        await tx.query('select pg_advisory_xact_lock(hashtext($1))', [name])
        const { rowCount } = await tx.query('select 1 from pg_database where datname = $1', [name])
        if (rowCount > 0) return
        await makeTemplate(server, name)
      },
      { timeoutSeconds: 60 },
    )
    return name
  })
}

async function makeTemplate(server: string, name: string): Promise<void> {
  const draft = `${name}_draft`
  await onServer(server, (db) => db.query(`drop database if exists ${draft} with (force)`))
  await onServer(server, (db) => db.query(`create database ${draft} template template0`))
  const database = openPostgres({ databaseUrl: databaseUrl(server, draft) })
  await layOut(database).finally(() => database.close())
  await onServer(server, (db) => db.query(`alter database ${draft} rename to ${name}`))
}

async function onServer<T>(server: string, work: (db: Database) => Promise<T>): Promise<T> {
  const database = openPostgres({ databaseUrl: databaseUrl(server, 'postgres') })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
