import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { raceCodes, raceRefreshTokens } from './race.ts'
import { raceResetLink, raceSignUpCode, raceSignUps } from './race-forms.ts'
import { codesByPages } from './whole-way.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: two servers share a database'

// R7, against I1 and I3
test('of many exchanges of one code on two nodes one succeeds, and its tokens live', {
  skip,
}, async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const byPages = await codesByPages(place, client, await raceSignUpCode(place), 10)
  const codes = [...byPages, ...(await issueCodes(place.db, client, 290))]

  const { winners } = await raceCodes(place, client, codes)

  assert.equal(winners.length, 300)
})

// R7, against I2 and I3
test('of many rotations of one refresh token on two nodes all give the same successor', {
  skip,
}, async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const { winners } = await raceCodes(place, client, await issueCodes(place.db, client, 40))
  const tokens = winners.map((body) => body.refresh_token)

  const { answers } = await raceRefreshTokens(place, client, tokens)

  assert.deepEqual(answers, { 200: 160 })
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
