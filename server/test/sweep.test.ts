import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import type { Database } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { sweep, sweepRegularly } from '../src/startup/sweep.ts'

const silent = pino({ level: 'silent' })

const storeOld = (db: Database, count: number) =>
  db.query(
    `insert into replay_records (record_hash, expires_at)
     select sha256(($2 || n)::bytea), now() - interval '2 hours' - n * interval '1s'
       from generate_series(1, $1::int) as n`,
    [count, randomBytes(8).toString('hex')],
  )

const left = async (db: Database) => (await db.query('select 1 from replay_records')).rowCount

test('a sweep goes on until nothing is left, and says what it removed', async (t) => {
  const db = await testDatabase(t)
  await storeOld(db, 95)
  const said: unknown[] = []
  const note = (fields: object) => void said.push(fields)

  const removed = await sweep({ db, log: { info: note, debug: note, warn: note }, rows: 10 })
  await sweep({ db, log: { info: assert.fail, debug: note, warn: note } })

  assert.deepEqual(removed, { replay_records: 95 })
  assert.deepEqual((said[0] as { removed: object }).removed, { replay_records: 95 })
  assert.equal(said.length, 2)
  assert.equal(await left(db), 0)
})

test('a table that cannot be swept does not keep the others', async (t) => {
  const db = await testDatabase(t)
  await storeOld(db, 5)
  await db.query('alter table interactions rename to away')
  const warned: unknown[] = []
  const warn = (fields: object) => void warned.push((fields as { table: string }).table)

  const removed = await sweep({ db, log: { info() {}, debug() {}, warn } })

  assert.deepEqual(removed, { replay_records: 5 })
  assert.deepEqual(warned, ['interactions'])
})

test('it sweeps again and again until it is stopped', async (t) => {
  const db = await testDatabase(t)
  const sweeping = sweepRegularly({ db, log: silent }, 20)
  for (const _ of [1, 2]) {
    await storeOld(db, 10)
    while ((await left(db)) > 0) await sleep(10)
  }

  await sweeping.stop()
  await storeOld(db, 10)
  await sleep(100)

  assert.equal(await left(db), 10)
})
