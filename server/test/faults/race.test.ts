import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { raceCodes, raceRefreshTokens } from './race.ts'
import { raceResetLink, raceSignUpCode, raceSignUps } from './race-forms.ts'
import { codesByPages } from './whole-way.ts'
import { Witness } from './witness.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: two servers share a database'

async function begin(t: TestContext) {
  const place = await install(t)
  const witness = new Witness()
  const client = await grantee(place.db)
  const received = { attempts: witness.attempts }
  const check = () => audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received })
  return { race: { place, witness, client }, check }
}

// R7, against I1 and I3
test('of many exchanges of one code on two nodes one succeeds, and its tokens live', {
  skip,
}, async (t) => {
  const { race, check } = await begin(t)
  const { place, client } = race
  const byPages = await codesByPages(place, client, await raceSignUpCode(place), 10)
  const codes = [...byPages, ...(await issueCodes(place.db, client, 290))]

  const received = await raceCodes(race, codes)

  assert.equal(received.length, 300)
  await check()
})

// R7, against I2 and I3
test('of many rotations of one refresh token on two nodes all give the same successor', {
  skip,
}, async (t) => {
  const { race, check } = await begin(t)
  const received = await raceCodes(race, await issueCodes(race.place.db, race.client, 40))

  await raceRefreshTokens(
    race,
    received.map((tokens) => tokens.refresh_token),
  )

  await check()
})

// R7, A110, A113
test('a reset link, a sign-up code and an address are taken once, also on two nodes at once', {
  skip,
}, async (t) => {
  const place = await install(t)

  for (let round = 0; round < 5; round++) {
    const person = await raceSignUpCode(place)
    await raceResetLink(place, person)
    await raceSignUps(place)
  }
})
