// About two minutes on two cores.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertActive } from './answers.ts'
import { audit } from './auditor.ts'
import { grantee } from './grants.ts'
import { install } from './installation.ts'
import { killDuringExchanges, killDuringRotation, type Scene } from './kill.ts'
import { Witness } from './witness.ts'

const kills = 100
const rotations = 10

// R1, against I1 and I3
test('100 kills lose no token that a client received', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const scene = { place, witness: new Witness(), client }

  const { received, brokenOff, repeated } = await killDuringExchanges(scene, kills)

  t.diagnostic(`${kills} kills: ${received.length} pairs of tokens received`)
  t.diagnostic(`${brokenOff} requests broke off; sent again: ${JSON.stringify(repeated)}`)
  await assertActive(scene.witness, place.urls, client, received)
  await check(scene)
  assert.ok(brokenOff > kills)
})

// R2
test('a rotation gives the same successor again, wherever the kill struck', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const scene = { place, witness: new Witness(), client }
  for (let round = 0; round < rotations; round++) {
    await killDuringRotation(scene, 'before a write')
    await killDuringRotation(scene, 'write sent')
    await killDuringRotation(scene, 'write answered')
    await killDuringRotation(scene, 'before the answer')
  }
})

function check({ place, witness }: Scene) {
  const { databaseUrl, urls: nodes } = place
  return audit({ databaseUrl, nodes, received: { attempts: witness.attempts } })
}
