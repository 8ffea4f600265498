import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'
import { openPostgres } from './postgres.ts'
import { testDatabaseUrl } from './testing.ts'

async function open(t: TestContext) {
  const databaseUrl = await testDatabaseUrl(t)
  const [db, beside] = [openPostgres({ databaseUrl }), openPostgres({ databaseUrl })]
  t.after(() => Promise.all([db.close(), beside.close()]))
  await db.query('create table counts (id integer primary key, n integer not null)')
  await db.query('insert into counts values (1, 0), (2, 0)')
  const killAll = () =>
    beside.query(
      `select pg_terminate_backend(pid)
         from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    )
  return { db, killAll }
}

const increment = (db: Db, id: number) =>
  db.query('update counts set n = n + 1 where id = $1', [id])

const counts = async (db: Db) =>
  (await db.query<{ n: number }>('select n from counts order by id')).rows.map(({ n }) => n)

// R32
test('transactions that lock each other out all succeed, each once', async (t) => {
  const { db } = await open(t)
  let runs = 0
  const crosswise = (first: number, second: number) =>
    db.transaction(async (tx) => {
      runs += 1
      await increment(tx, first)
      await sleep(50)
      await increment(tx, second)
    })

  for (let round = 0; round < 3; round++) await Promise.all([crosswise(1, 2), crosswise(2, 1)])

  assert.deepEqual(await counts(db), [6, 6])
  assert.ok(runs > 6, 'no deadlock came about')
})

// R32
test('a serialization failure, also of the commit, is repeated as a whole', async (t) => {
  const { db } = await open(t)
  const countBoth = () =>
    db.transaction(async (tx) => {
      await tx.query('set transaction isolation level serializable')
      const { rows } = await tx.query<{ n: number }>('select sum(n)::int as n from counts')
      await sleep(20)
      await tx.query('insert into counts values ($1, 1)', [100 + (rows[0]?.n ?? 0)])
    })

  await Promise.all([countBoth(), countBoth(), countBoth()])

  assert.deepEqual(await counts(db), [0, 0, 1, 1, 1])
})

// R32
test('a single statement that is chosen as the victim of a deadlock is repeated', async (t) => {
  const { db } = await open(t)
  await db.query(`
    create function add_to_both(a integer, b integer) returns void language plpgsql as $$
    begin
      update counts set n = n + 1 where id = a;
      perform pg_sleep(0.05);
      update counts set n = n + 1 where id = b;
    end $$`)

  for (let round = 0; round < 3; round++) {
    await Promise.all([db.query('select add_to_both(1, 2)'), db.query('select add_to_both(2, 1)')])
  }

  assert.deepEqual(await counts(db), [6, 6])
})

test('what is undone each time is given up after three more tries', async (t) => {
  const { db } = await open(t)
  let runs = 0
  const undone = db.transaction(async (tx) => {
    runs += 1
    await tx.query(`do $$ begin raise exception 'no' using errcode = '40001'; end $$`)
  })

  await assert.rejects(undone, DatabaseUnavailable)

  assert.equal(runs, 4)
})

// R4
test('reads and beginnings survive connections that end under them', async (t) => {
  const { db, killAll } = await open(t)

  for (let round = 0; round < 5; round++) {
    const reads = Array.from({ length: 3 }, () => db.query('select pg_sleep(0.2)'))
    await sleep(100)
    await killAll()
    await Promise.all(reads)
    await killAll()
    await db.transaction((tx) => increment(tx, 1))
  }

  assert.deepEqual(await counts(db), [5, 0])
})

// R4
test('a write whose connection ended under it is not repeated', async (t) => {
  const { db } = await open(t)

  const cut = db.query(`
    do $$ begin
      update counts set n = n + 1;
      perform pg_terminate_backend(pg_backend_pid());
    end $$`)

  await assert.rejects(cut, DatabaseUnavailable)
  assert.deepEqual(await counts(db), [0, 0])
})
