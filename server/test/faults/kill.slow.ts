// About five minutes on two cores.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantee } from './grants.ts'
import { install } from './installation.ts'
import { assertActive, killDuringExchanges, killDuringRotation } from './kill.ts'

const kills = 100
const rotations = 10

// R1, against I1 and I3
test('100 kills lose no token that a client received', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)

  const { received, brokenOff, repeated } = await killDuringExchanges(place, client, kills)

  t.diagnostic(`${kills} kills: ${received.length} pairs of tokens received`)
  t.diagnostic(`${brokenOff} requests broke off; sent again: ${JSON.stringify(repeated)}`)
  for (const url of place.urls) await assertActive(url, client, received)
  assert.ok(brokenOff > kills)
})

// R2
test('a rotation gives the same successor again, wherever the kill struck', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  for (let round = 0; round < rotations; round++) {
    await killDuringRotation(place, client, 'before a write')
    await killDuringRotation(place, client, 'write sent')
    await killDuringRotation(place, client, 'write answered')
    await killDuringRotation(place, client, 'before the answer')
  }
})
