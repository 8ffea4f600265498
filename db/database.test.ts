import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidText } from './database-errors.ts'
import { testDatabase, testDb, testEngine } from './testing.ts'

const counting = 'create table counts (n integer unique)'
const count = 'select count(*)::int as "count" from counts'
const insert = 'insert into counts values ($1)'

test('values of every type come back the same from both engines', async (t) => {
  const db = await testDb(t)
  const values = [
    '6e9c1a5e-0000-4000-8000-000000000000',
    Buffer.from([0, 255]),
    ['a,"b"', '\\', '{}'],
    new Date('2026-01-02T03:04:05.678Z'),
    JSON.stringify({ a: [1, null] }),
    true,
    null,
  ]

  const { rows, rowCount } = await db.query(
    `select $1::uuid as "uuid", $2::bytea as "bytea", $3::text[] as "texts",
            $4::timestamptz as "time", $5::jsonb as "json", $6::boolean as "yes", $7::text as "none",
            1::integer as "integer", 1.5::float8 as "float"`,
    values,
  )

  assert.equal(rowCount, 1)
  assert.deepEqual(rows[0], {
    uuid: values[0],
    bytea: values[1],
    texts: values[2],
    time: values[3],
    json: { a: [1, null] },
    yes: true,
    none: null,
    integer: 1,
    float: 1.5,
  })
})

test('rowCount says how many rows a statement changed', async (t) => {
  const db = await testDatabase(t)
  await db.query(`${counting}; insert into counts values (1), (2), (3)`)

  assert.equal((await db.query('delete from counts where n = $1', [1])).rowCount, 1)
  assert.equal((await db.query('update counts set n = n + 10')).rowCount, 2)
  assert.equal((await db.query('update counts set n = 0 where n = $1', [99])).rowCount, 0)
  assert.equal((await db.query('delete from counts returning n')).rowCount, 2)
})

test('a transaction keeps all of its work or nothing', async (t) => {
  const db = await testDatabase(t)
  await db.query(counting)

  const result = await db.transaction(async (tx) => {
    await tx.query(insert, [1])
    return 'kept'
  })
  const failed = db.transaction(async (tx) => {
    await tx.query(insert, [2])
    throw new Error('no')
  })

  assert.equal(result, 'kept')
  await assert.rejects(failed, /^Error: no$/)
  assert.deepEqual((await db.query(count)).rows, [{ count: 1 }])
})

test('a transaction within a transaction is undone alone', async (t) => {
  const db = await testDatabase(t)
  await db.query(counting)

  await db.transaction(async (tx) => {
    await tx.query(insert, [1])
    const failed = tx.transaction(async (inner) => {
      await inner.query(insert, [2])
      await inner.query(insert, [1])
    })
    await assert.rejects(failed, /unique constraint/)
    await tx.transaction((inner) => inner.query(insert, [3]))
  })

  const { rows } = await db.query<{ n: number }>('select n from counts order by n')
  assert.deepEqual(
    rows.map(({ n }) => n),
    [1, 3],
  )
})

test('inner transactions that run at the same time do not undo one another', async (t) => {
  const db = await testDatabase(t)
  await db.query(counting)

  await db.transaction(async (tx) => {
    const good = (n: number) => tx.transaction((inner) => inner.query(insert, [n]))
    const bad = () =>
      tx.transaction(async (inner) => {
        await inner.query(insert, [99])
        throw new Error('no')
      })
    await Promise.allSettled([good(1), bad(), good(2), bad(), good(3)])
  })

  assert.deepEqual((await db.query(count)).rows, [{ count: 3 }])
})

test('other queries do not join an open transaction', async (t) => {
  const db = await testDatabase(t)
  await db.query(counting)
  const opened = Promise.withResolvers<void>()

  const failed = db.transaction(async (tx) => {
    await tx.query(insert, [1])
    opened.resolve()
    await sleep(100)
    throw new Error('no')
  })
  await opened.promise
  const other = db.query(insert, [2])
  await assert.rejects(failed)
  await other

  assert.deepEqual((await db.query('select n from counts')).rows, [{ n: 2 }])
})

test('an error that was swallowed does not look like a commit', async (t) => {
  const db = await testDatabase(t)
  await db.query(counting)

  const swallowed = db.transaction(async (tx) => {
    await tx.query(insert, [1])
    await tx.query('select 1/0').catch(() => {})
  })

  await assert.rejects(swallowed, /undid this transaction/)
  assert.deepEqual((await db.query(count)).rows, [{ count: 0 }])
})

test('a query past an open transaction is refused instead of waiting for itself', async (t) => {
  const db = await testDatabase(t)
  let later: Promise<unknown> = Promise.resolve()

  await db.transaction(async (tx) => {
    await assert.rejects(db.query('select 1'), /A transaction is open here/)
    await assert.rejects(
      db.transaction(async () => {}),
      /A transaction is open here/,
    )
    await tx.transaction(async () => {
      await assert.rejects(tx.query('select 1'), /A transaction is open here/)
    })
    later = sleep(50).then(() => db.query('select 1'))
  })

  await later
})

// A155
test('text with a NUL byte and values of another form have an error of their own', async (t) => {
  const db = await testDb(t)

  await assert.rejects(db.query('select $1::text', ['a\0b']), InvalidText)
  await assert.rejects(db.query('select $1::uuid', ['x']), InvalidText)
  await assert.rejects(db.query('select $1::bigint', ['9'.repeat(30)]), InvalidText)
  await assert.rejects(db.query('select $1::timestamptz', ['tomorrowish']), InvalidText)
})

test('round trips are counted, begin and commit among them', async (t) => {
  const db = await testDatabase(t)
  const before = db.stats().statements

  await db.query('select 1')
  await db.transaction(async (tx) => {
    await tx.query('select 1')
    await tx.query('select 1')
  })

  assert.equal(db.stats().statements - before, 5)
})

test('who waits for a connection is seen', async (t) => {
  const db = await testDatabase(t)
  const ended = Promise.withResolvers<void>()
  const busy = Array.from({ length: 12 }, () => db.transaction(() => ended.promise))

  await sleep(10)
  const during = db.stats()
  ended.resolve()
  await Promise.all(busy)

  assert.equal(during.idle, 0)
  assert.ok(during.waiting >= 2)
  const { connections, idle, waiting } = db.stats()
  assert.deepEqual({ idle, waiting }, { idle: connections, waiting: 0 })
})

test('the tests run on the engine they were asked to', async (t) => {
  const db = await testDatabase(t)

  assert.equal(db.engine, testEngine)
})
