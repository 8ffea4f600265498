import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Db } from './database.ts'
import {
  activateDueKeys,
  activateReplacement,
  activateWaitingKeys,
  eraseDueKeys,
  retireDueKeys,
  revokeSigningKey,
} from './signing-key-steps.ts'
import {
  insertWaitingKey,
  listSigningKeys,
  type NewSigningKey,
  readSigningKeys,
  resealSigningKey,
} from './signing-keys.ts'
import { testDatabase } from './testing.ts'

const times = { period: 900, lead: 60, keep: 300, hints: 600 }

async function add(db: Db, algorithm: NewSigningKey['algorithm'] = 'ES256'): Promise<string> {
  const kid = randomUUID()
  await insertWaitingKey(db, { kid, algorithm, publicJwk: { kty: 'EC' }, privateJwk: 'eyJ…' })
  return kid
}

/** Everything happened so many seconds earlier. */
const wait = (db: Db, seconds: number) =>
  db.query(
    `update signing_keys
        set created_at  = created_at - make_interval(secs => $1),
            active_from = active_from - make_interval(secs => $1),
            retired_at  = retired_at - make_interval(secs => $1)`,
    [seconds],
  )

const states = async (db: Db) =>
  Object.fromEntries((await listSigningKeys(db, times)).map(({ kid, state }) => [kid, state]))
const dues = async (db: Db) =>
  Object.fromEntries((await listSigningKeys(db, times)).map(({ kid, due }) => [kid, due]))

test('nodes that publish a key at the same time publish one per algorithm', async (t) => {
  const db = await testDatabase(t)

  await Promise.all(Array.from({ length: 8 }, () => [add(db, 'ES256'), add(db, 'RS256')]).flat())

  const keys = await listSigningKeys(db, times)
  assert.deepEqual(keys.map(({ algorithm }) => algorithm).toSorted(), ['ES256', 'RS256'])
  const [{ publicJwk } = assert.fail()] = await readSigningKeys(db, [keys[0]?.kid ?? ''])
  assert.deepEqual(publicJwk, { kty: 'EC' })
})

// R16
test('a key is published long enough, signs for its period, and stays until its last token is dead', async (t) => {
  const db = await testDatabase(t)
  const first = await add(db)
  assert.equal((await activateDueKeys(db, times)).length, 1) // nobody else could sign
  const second = await add(db)
  assert.deepEqual(await states(db), { [first]: 'signing', [second]: 'waiting' })

  await wait(db, times.period - 5)
  assert.equal((await activateDueKeys(db, times)).length, 0)
  await wait(db, 5)
  assert.deepEqual(await dues(db), { [first]: null, [second]: 'activate' })
  assert.equal((await activateDueKeys(db, times)).length, 1)
  assert.deepEqual(await states(db), { [first]: 'superseded', [second]: 'signing' })

  await wait(db, times.keep - 5)
  assert.equal((await retireDueKeys(db, times)).length, 0)
  await wait(db, 5)
  assert.deepEqual(await dues(db), { [first]: 'retire', [second]: null })
  assert.equal((await retireDueKeys(db, times)).length, 1)
  assert.deepEqual(await states(db), { [first]: 'retired', [second]: 'signing' })

  await wait(db, times.hints - 5)
  assert.equal((await dues(db))[first], null)
  assert.equal((await readSigningKeys(db, [first])).length, 1)
  await wait(db, 5)
  assert.equal((await dues(db))[first], 'erase')
  await eraseDueKeys(db, times)
  assert.equal((await readSigningKeys(db, [first])).length, 0)
  assert.equal((await dues(db))[first], null)
})

test('of nodes that take a step at the same time one does', async (t) => {
  const db = await testDatabase(t)
  await add(db)
  const together = <T>(step: () => Promise<T[]>) =>
    Promise.all(Array.from({ length: 8 }, step)).then((moved) => moved.flat().length)

  assert.equal(await together(() => activateDueKeys(db, times)), 1)
  await add(db)
  await wait(db, times.period)
  assert.equal(await together(() => activateDueKeys(db, times)), 1)
  await wait(db, times.keep)
  assert.equal(await together(() => retireDueKeys(db, times)), 1)
})

test('a key that was published late does not sign before clients could see it', async (t) => {
  const db = await testDatabase(t)
  const first = await add(db)
  await activateDueKeys(db, times)
  await wait(db, times.period * 2)

  const second = await add(db)

  assert.equal((await dues(db))[second], null)
  await wait(db, times.lead)
  assert.deepEqual(await dues(db), { [first]: null, [second]: 'activate' })
})

test('a rotation by command happens at once, or when clients could have seen the key', async (t) => {
  const db = await testDatabase(t)
  const first = await add(db)
  await activateDueKeys(db, times)
  const second = await add(db)

  const [moved = assert.fail()] = await activateWaitingKeys(db, times)

  assert.equal(moved.kid, second)
  assert.deepEqual(await states(db), { [first]: 'signing', [second]: 'waiting' })
  const third = await add(db)
  assert.deepEqual(await activateWaitingKeys(db, times), []) // one is under way
  await wait(db, times.lead)
  assert.deepEqual(await states(db), {
    [first]: 'superseded',
    [second]: 'signing',
    [third]: 'waiting',
  })
  await activateWaitingKeys(db, times)
  assert.equal((await states(db))[third], 'signing')
})

test('a revoked key is gone at once, its private part too, and the waiting one signs', async (t) => {
  const db = await testDatabase(t)
  const first = await add(db)
  await activateDueKeys(db, times)
  const second = await add(db)

  await revokeSigningKey(db, first)
  await activateReplacement(db, 'ES256')

  assert.deepEqual(await states(db), { [first]: 'revoked', [second]: 'signing' })
  assert.deepEqual(await readSigningKeys(db, [first]), [])
  assert.equal((await listSigningKeys(db, times, { which: 'usable' })).length, 1)
})

test('of two encryptions of a private key at the same time one stays', async (t) => {
  const db = await testDatabase(t)
  const kid = await add(db)

  await resealSigningKey(db, { kid, from: 'eyJ…', to: 'one' })
  await resealSigningKey(db, { kid, from: 'eyJ…', to: 'two' })

  assert.equal((await readSigningKeys(db, [kid]))[0]?.privateJwk, 'one')
})
