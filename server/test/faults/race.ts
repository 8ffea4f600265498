import assert from 'node:assert/strict'
import type { Grantee } from './grants.ts'
import { inBatches } from './in-batches.ts'
import type { Installation } from './installation.ts'
import {
  type Answer,
  exchange,
  isActive,
  type MaybeAnswer,
  refresh,
  tally,
} from './token-requests.ts'

/** How many requests for one thing start at the same moment, spread over the nodes. */
const rivals = 4
/** Things raced at the same time. A loser must come within the two seconds of a double click. */
const atOnce = 8

export interface Raced {
  winners: Answer['body'][]
  /** Of all requests. */
  answers: Record<string, number>
}

/** I1: of many exchanges of one code exactly one succeeds, and the others do not harm it. */
export async function raceCodes(
  place: Installation,
  client: Grantee,
  codes: string[],
): Promise<Raced> {
  const seen: Record<string, number> = {}
  const winners = await inBatches(codes, atOnce, async (code) => {
    const answers = await atTheSameTime(place, (url) => exchange(url, client, code))
    add(seen, answers)
    return winnerOf(answers)
  })
  await assertAlive(place, client, winners)
  return { winners, answers: seen }
}

/** I2: of many rotations of one refresh token all give the one successor that there can be. */
export async function raceRefreshTokens(
  place: Installation,
  client: Grantee,
  tokens: string[],
): Promise<Raced> {
  const seen: Record<string, number> = {}
  const winners = await inBatches(tokens, atOnce, async (token) => {
    const answers = await atTheSameTime(place, (url) => refresh(url, client, token))
    add(seen, answers)
    assert.deepEqual(tally(answers), { 200: rivals })
    const bodies = answers.map((answer) => (answer as Answer).body)
    const successors = new Set(bodies.map((body) => body.refresh_token))
    assert.equal(successors.size, 1)
    assert.ok(!successors.has(token))
    return bodies
  })
  await assertAlive(place, client, winners.flat())
  return { winners: winners.flat(), answers: seen }
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

function winnerOf(answers: MaybeAnswer[]): Answer['body'] {
  assert.deepEqual(tally(answers), { 200: 1, '400 invalid_grant': rivals - 1 })
  const winner = answers.find((answer) => answer?.status === 200)
  return (winner as Answer).body
}

/** I3, at whichever node. */
export async function assertAlive(place: Installation, client: Grantee, bodies: Answer['body'][]) {
  const tokens = bodies.flatMap((body) => [body.access_token, body.refresh_token])
  const alive = await inBatches(tokens, atOnce * rivals, (token, index) =>
    isActive(place.urls[index % place.urls.length] ?? '', client, token),
  )
  assert.equal(alive.filter(Boolean).length, tokens.length)
}

function add(counts: Record<string, number>, answers: MaybeAnswer[]): void {
  for (const [kind, count] of Object.entries(tally(answers))) {
    counts[kind] = (counts[kind] ?? 0) + count
  }
}
