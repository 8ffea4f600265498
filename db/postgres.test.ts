import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'
import { openPostgres } from './postgres.ts'
import { testDatabaseUrl } from './testing.ts'
import { startPostgres } from './testing-postgres.ts'

function open(t: TestContext, databaseUrl: string) {
  const notices: string[] = []
  const db = openPostgres({ databaseUrl, onNotice: (line) => notices.push(line) })
  t.after(() => db.close())
  return { db, notices }
}

async function seconds(work: Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work
  return (performance.now() - start) / 1000
}

/** It asks by itself, so nothing but waiting brings it back. */
async function backAgain(db: Database): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await db.query('select 1').catch(() => undefined)
    if (answer) return
    await sleep(100)
  }
  assert.fail('the database did not come back')
}

const away = (work: Promise<unknown>) => assert.rejects(work, DatabaseUnavailable)

test('a database that nobody answers for is unavailable within two seconds', async (t) => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const sockets: Socket[] = []
  silent.on('connection', (socket) => sockets.push(socket))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    silent.close()
  })
  const { port } = silent.address() as AddressInfo

  const { db: mute } = open(t, `postgres://postgres@127.0.0.1:${port}/x`)
  const { db: refused } = open(t, 'postgres://postgres@127.0.0.1:1/x')

  assert.ok((await seconds(away(mute.query('select 1')))) < 2.5)
  assert.ok((await seconds(away(refused.transaction(async () => {})))) < 0.5)
})

// R3
test('after a crash of the server it is unavailable, then works again by itself', async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const { db, notices } = open(t, `${server.url}/postgres`)
  await Promise.all(Array.from({ length: 5 }, () => db.query('select 1')))
  const running = db.transaction(async (tx) => {
    process.kill(server.pid, 'SIGQUIT')
    await sleep(200)
    await tx.query('select 1')
  })

  await away(running)
  await away(db.query('select 1'))
  await server.restart()

  await backAgain(db)
  assert.ok(notices.some((line) => line.startsWith('A database connection ended')))
  assert.deepEqual(
    notices.filter((line) => line.startsWith('The database')),
    ['The database does not answer', 'The database answers again'],
  )
})

// R4
test('connections that the server ends do not end this process', async (t) => {
  const { db, notices } = open(t, await testDatabaseUrl(t))
  const { db: killer } = open(t, await testDatabaseUrl(t))
  await Promise.all(Array.from({ length: 5 }, () => db.query('select pg_sleep(0.05)')))
  const [{ name } = assert.fail()] = (
    await db.query<{ name: string }>('select current_database() as name')
  ).rows

  await killer.query(
    `select pg_terminate_backend(pid)
       from pg_stat_activity
      where datname = $1`,
    [name],
  )
  await sleep(100)

  assert.ok(notices.length >= 5)
  assert.equal((await db.query('select 1')).rowCount, 1)
})

// R5
test('with every connection busy a request waits two seconds at most', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  const busy = Array.from({ length: 10 }, () => db.query('select pg_sleep(3)'))

  const waited = await seconds(away(db.query('select 1')))
  await Promise.all(busy)

  assert.ok(waited < 2.5)
  assert.equal((await db.query('select 1')).rowCount, 1)
})

// R5
test('when a thousand wait for a connection, the next is refused at once', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  const busy = Array.from({ length: 10 }, () => db.query('select pg_sleep(0.5)'))
  await sleep(100)
  const waiting = Array.from({ length: 1000 }, () => db.query('select 1'))

  await assert.rejects(db.query('select 1'), /too many/)
  await Promise.all([...busy, ...waiting])

  assert.equal(db.stats().waiting, 0)
})

// R6
test('a statement that waits for too long gives up, and so does its transaction', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  await db.query('create table things (n integer)')

  const [alone, within] = await Promise.all([
    seconds(away(db.query('select pg_sleep(20)'))),
    seconds(
      away(
        db.transaction(
          async (tx) => {
            await tx.query('insert into things values (1)')
            await tx.query('select pg_sleep(20)')
          },
          { timeoutSeconds: 1 },
        ),
      ),
    ),
  ])

  assert.ok(alone < 6 && within < 2)
  assert.equal((await db.query('select 1 from things')).rowCount, 0)
})

// R6
test('a write that was given up does not happen later, when its lock comes free', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  await db.query('create table things (n integer); insert into things values (1)')
  const held = Promise.withResolvers<void>()
  const holder = db.transaction(
    async (tx) => {
      await tx.query('update things set n = 2')
      await held.promise
    },
    { timeoutSeconds: 30 },
  )
  await sleep(100)

  await away(db.query('update things set n = 99'))
  held.resolve()
  await holder
  await sleep(300)

  assert.deepEqual((await db.query('select n from things')).rows, [{ n: 2 }])
})

// R6
test('a transaction whose work hangs gives its locks back', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  await db.query('create table things (n integer); insert into things values (1)')
  const hanging = Promise.withResolvers<void>()
  const leaked = db.transaction(
    async (tx) => {
      await tx.query('update things set n = 2')
      await hanging.promise
    },
    { timeoutSeconds: 1 },
  )
  leaked.catch(() => {})
  await sleep(100)

  await db.query('update things set n = 3')
  hanging.resolve()

  await away(leaked)
  assert.deepEqual((await db.query('select n from things')).rows, [{ n: 3 }])
})

test('nothing is left in a session: PgBouncer may hand it to anybody', async (t) => {
  const { db } = open(t, await testDatabaseUrl(t))
  const state = `select current_setting('statement_timeout') as "timeout",
                        (select count(*)::int from pg_prepared_statements) as "prepared"`
  const before = await db.query(state)

  await db.transaction((tx) => tx.query('select $1::int', [1]))
  await db.transaction((tx) => tx.query('select 1/0')).catch(() => {})

  assert.deepEqual((await db.query(state)).rows, before.rows)
  assert.deepEqual(before.rows, [{ timeout: '0', prepared: 0 }])
})
