import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { raceSignUpCode } from './race-forms.ts'
import { stampede } from './stampede.ts'
import { Witness } from './witness.ts'

// R28, against I3 and I7
test('of 500 sign-ins at once some get in, the rest are told when to come again, and apps notice nothing', {
  skip: testEngine === 'pglite' && 'PostgreSQL only: the test puts codes into the database',
}, async (t) => {
  const place = await install(t, { nodes: 1 })
  const witness = new Witness()
  const client = await grantee(place.db)
  const codes = await issueCodes(place.db, client, 40)
  const person = await raceSignUpCode(place)

  const arriving = stampede(place, person, 500)
  for (const code of codes) {
    assert.equal((await witness.exchange(place.issuer, client, code))?.status, 200)
  }
  const answers = await arriving

  const entered = answers.filter(({ status }) => status === 303)
  const refused = answers.filter(({ status }) => status === 503)
  t.diagnostic(`${entered.length} signed in, ${refused.length} refused`)
  assert.ok(entered.length > 0 && refused.length > 0)
  assert.equal(entered.length + refused.length, answers.length)
  assert.ok(refused.every(({ retryAfter }) => Number(retryAfter) > 0))
  assert.equal((await stampede(place, person, 1))[0]?.status, 303)
  const received = { attempts: witness.attempts, secrets: [person.password] }
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
})
