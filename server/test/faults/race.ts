import assert from 'node:assert/strict'
import { assertActive, type Tokens, tally, tokensIn } from './answers.ts'
import type { Grantee } from './grants.ts'
import { inBatches } from './in-batches.ts'
import type { Installation } from './installation.ts'
import type { Witness } from './witness.ts'

/** How many requests for one thing start at the same moment, spread over the nodes. */
const rivals = 4
/** Things raced at the same time. A loser must come within the two seconds of a double click. */
const atOnce = 8

export interface Race {
  place: Installation
  witness: Witness
  client: Grantee
}

/** I1: of many exchanges of one code exactly one succeeds, and the others do not harm it. */
export async function raceCodes(race: Race, codes: string[]): Promise<Tokens[]> {
  const { place, witness, client } = race
  const won = await inBatches(codes, atOnce, async (code) => {
    const answers = await atTheSameTime(place, (url) => witness.exchange(url, client, code))
    assert.deepEqual(tally(answers), { 200: 1, '400 invalid_grant': rivals - 1 })
    return tokensIn(answers)
  })
  await assertActive(witness, place.urls, client, won.flat())
  return won.flat()
}

/** I2: of many rotations of one refresh token all give the one successor that there can be. */
export async function raceRefreshTokens(race: Race, tokens: string[]): Promise<void> {
  const { place, witness, client } = race
  const rotated = await inBatches(tokens, atOnce, async (token) => {
    const answers = await atTheSameTime(place, (url) => witness.refresh(url, client, token))
    assert.deepEqual(tally(answers), { 200: rivals })
    const successors = new Set(tokensIn(answers).map((body) => body.refresh_token))
    assert.equal(successors.size, 1)
    assert.ok(!successors.has(token))
    return tokensIn(answers)
  })
  await assertActive(witness, place.urls, client, rotated.flat())
}

/** The first node is not always asked first. */
export function atTheSameTime<T>(
  { urls }: { urls: string[] },
  ask: (url: string, index: number) => Promise<T>,
): Promise<T[]> {
  const first = Math.floor(Math.random() * urls.length)
  return Promise.all(
    Array.from({ length: rivals }, (_, index) =>
      ask(urls[(first + index) % urls.length] ?? '', index),
    ),
  )
}
