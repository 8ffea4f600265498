import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstRuns } from './first-runs.ts'

const hour = 3_600_000

test('a key gives its first run again for 24 hours', () => {
  let now = 0
  const remember = firstRuns(() => now)
  const [first, second] = [{ id: 1 }, { id: 2 }]

  assert.equal(remember('key', first), first)
  now = 24 * hour - 1
  assert.equal(remember('key', second), first)
  now = 24 * hour
  assert.equal(remember('key', second), second)
  assert.equal(remember('key', first), second)
})

test('of too many keys the oldest is forgotten, and no other', () => {
  const remember = firstRuns(() => 0)
  for (let key = 0; key < 1_001; key++) remember(`${key}`, { id: key })

  assert.deepEqual(remember('1', { id: 'new' }), { id: 1 })
  assert.deepEqual(remember('1000', { id: 'new' }), { id: 1000 })
  assert.deepEqual(remember('0', { id: 'new' }), { id: 'new' })
})
