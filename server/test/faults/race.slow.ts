// About five minutes on two cores.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { assertAlive, raceCodes, raceRefreshTokens } from './race.ts'
import { raceResetLink, raceSignUpCode, raceSignUps } from './race-forms.ts'
import { codesByPages } from './whole-way.ts'

const codes = 10_000
const aRound = 500
const rotations = 1_000
const people = 50

// R7, against I1, I2 and I3
test('10,000 raced codes on two nodes give 10,000 single successes with living tokens', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const byPages = await codesByPages(place, client, await raceSignUpCode(place), aRound)
  const received = (await raceCodes(place, client, byPages)).winners
  while (received.length < codes) {
    const { winners } = await raceCodes(place, client, await issueCodes(place.db, client, aRound))
    received.push(...winners)
  }
  t.diagnostic(`${received.length} codes, each sent four times at once: one success each`)

  // What came first, and rotated since, is still alive when the last one is raced.
  const tokens = received.slice(0, rotations).map((body) => body.refresh_token)
  const rotated = await raceRefreshTokens(place, client, tokens)
  t.diagnostic(
    `${tokens.length} refresh tokens: ${JSON.stringify(rotated.answers)}, one successor each`,
  )
  await assertAlive(place, client, received.slice(rotations))

  assert.equal(received.length, codes)
  assert.equal(new Set(received.map((body) => body.access_token)).size, codes)
})

// R7, A110, A113
test('links and codes from mails are taken once, many times over', async (t) => {
  const place = await install(t)
  for (let round = 0; round < people; round++) {
    await raceResetLink(place, await raceSignUpCode(place))
    await raceSignUps(place)
  }
})
