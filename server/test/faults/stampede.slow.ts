// About a minute on two cores.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { raceSignUpCode } from './race-forms.ts'
import { stampede } from './stampede.ts'
import { Witness } from './witness.ts'

const waves = 10

// R28, I8: what has nothing to do with the crowd stays below a second
test('apps get their tokens within a second while crowd after crowd signs in', async (t) => {
  const place = await install(t, { nodes: 1 })
  const witness = new Witness()
  const client = await grantee(place.db)
  const person = await raceSignUpCode(place)

  let entered = 0
  let crowding = true
  const crowds = (async () => {
    for (let wave = 0; wave < waves; wave++) {
      const answers = await stampede(place, person, 500)
      entered += answers.filter(({ status }) => status === 303).length
    }
    crowding = false
  })()
  while (crowding) {
    const codes = await issueCodes(place.db, client, 20)
    for (const code of codes) await witness.exchange(place.issuer, client, code)
  }
  await crowds

  const { attempts } = witness
  const took = attempts.map(({ startedAt, endedAt }) => endedAt - startedAt)
  const p99 = took.toSorted((a, b) => a - b)[Math.ceil(took.length * 0.99) - 1] ?? 0
  t.diagnostic(`${waves} times 500 sign-ins, ${entered} entered`)
  t.diagnostic(`${took.length} exchanges meanwhile, p99 ${Math.round(p99)} ms`)
  assert.ok(attempts.every(({ answer }) => answer?.status === 200))
  const received = { attempts, unaffected: took }
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
})
