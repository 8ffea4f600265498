// About four minutes on two cores.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertActive, tally } from './answers.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { raceCodes, raceRefreshTokens } from './race.ts'
import { raceResetLink, raceSignUpCode, raceSignUps } from './race-forms.ts'
import { codesByPages } from './whole-way.ts'
import { type Attempt, Witness } from './witness.ts'

const codes = 10_000
const aRound = 500
const rotations = 1_000
const people = 50

// R7, against I1, I2 and I3
test('10,000 raced codes on two nodes give 10,000 single successes with living tokens', async (t) => {
  const place = await install(t)
  const client = await grantee(place.db)
  const race = { place, witness: new Witness(), client }
  const byPages = await codesByPages(place, client, await raceSignUpCode(place), aRound)
  const received = await raceCodes(race, byPages)
  while (received.length < codes) {
    received.push(...(await raceCodes(race, await issueCodes(place.db, client, aRound))))
  }
  const exchanges = race.witness.attempts.filter(({ kind }) => kind === 'exchange')
  t.diagnostic(`${received.length} codes: ${JSON.stringify(tally(exchanges.map(answerOf)))}`)

  // What came first, and rotated since, is still alive when the last one was raced.
  const tokens = received.slice(0, rotations).map((body) => body.refresh_token)
  await raceRefreshTokens(race, tokens)
  await assertActive(race.witness, place.urls, client, received.slice(rotations))

  assert.equal(received.length, codes)
  assert.equal(new Set(received.map((body) => body.access_token)).size, codes)
  const { attempts } = race.witness
  const audited = await audit({
    databaseUrl: place.databaseUrl,
    nodes: place.urls,
    received: { attempts },
  })
  t.diagnostic(`${rotations} refresh tokens, ${JSON.stringify(audited)}`)
})

const answerOf = ({ answer }: Attempt) => answer

// R7, A110, A113
test('links and codes from mails are taken once, many times over', async (t) => {
  const place = await install(t)
  for (let round = 0; round < people; round++) {
    await raceResetLink(place, await raceSignUpCode(place))
    await raceSignUps(place)
  }
})
