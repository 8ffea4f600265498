import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertActive, type Tokens, tally, tokensIn } from './answers.ts'
import { type Grantee, issueCodes, sha256 } from './grants.ts'
import { type Installation, preloaded } from './installation.ts'
import type { KillPoint } from './kill-point.ts'
import type { Witness } from './witness.ts'

const codesARound = 30

const points: KillPoint[] = [
  'before a write',
  'write sent',
  'write answered',
  'before the answer',
  'answer begun',
  'at any moment',
]

export interface Scene {
  place: Installation
  witness: Witness
  client: Grantee
}

export interface Killed {
  /** Tokens that clients received with 200, also from a node that was killed right after. */
  received: Tokens[]
  brokenOff: number
  /** What the repetitions of requests that broke off were answered. */
  repeated: Record<string, number>
}

/**
 * Kills one node after the other in the middle of parallel exchanges, now at a point of a request,
 * now at any moment; its clients turn to the other node meanwhile.
 */
export async function killDuringExchanges(scene: Scene, rounds: number): Promise<Killed> {
  const { place, witness, client } = scene
  const total: Killed = { received: [], brokenOff: 0, repeated: {} }
  await Promise.all([0, 1].map((index) => place.restartAfterKill(index, nextPoint(index))))
  for (let round = 0; round < rounds; round++) {
    const victim = round % 2
    const { received, repeated } = await killRound(scene, victim)
    await place.restartAfterKill(victim, nextPoint(round + 2))
    await assertActive(witness, [place.urls[victim] ?? ''], client, received)
    total.received.push(...received)
    for (const [kind, count] of Object.entries(repeated)) {
      total.repeated[kind] = (total.repeated[kind] ?? 0) + count
      total.brokenOff += count
    }
  }
  return total
}

/** The counts differ, so that the rounds do. */
const nextPoint = (round: number) =>
  killAt(points[round % points.length] ?? 'at any moment', 1 + (round % 17))

const killAt = (point: KillPoint, times: number) =>
  preloaded('./kill-point.ts', { KILL_AT: `${point}:${times}` })

/** Signals take their time. */
async function arm({ nodes }: Installation, index: number): Promise<void> {
  const node = nodes[index]
  process.kill(node?.pid ?? 0, 'SIGUSR2')
  while (!node?.output().includes('armed')) await sleep(5)
}

async function killRound({ place, witness, client }: Scene, victim: number) {
  const survivor = place.urls[1 - victim] ?? ''
  const codes = await issueCodes(place.db, client, codesARound)
  await arm(place, victim)
  const exchanges = codes.map((code) => witness.exchange(place.urls[victim] ?? '', client, code))
  // One that kills itself is dead long before.
  const timer = setTimeout(() => void place.kill(victim), Math.random() * 200)
  const first = await Promise.all(exchanges)
  clearTimeout(timer)
  await place.kill(victim)

  const received = tokensIn(first)
  await assertActive(witness, [survivor], client, received)
  // Only what nobody answered is sent again: a code that comes again later ends its family.
  const open = codes.filter((_, index) => first[index] === undefined)
  const again = await Promise.all(open.map((code) => witness.exchange(survivor, client, code)))
  const repeated = tally(again)
  const unexpected = Object.keys(repeated).filter((kind) => !/^(200|400 invalid_grant)$/.test(kind))
  assert.deepEqual(unexpected, [])
  await assertActive(witness, [survivor], client, tokensIn(again))
  return { received: [...received, ...tokensIn(again)], repeated }
}

/** R2: the rotation is committed, or not, and the client hears nothing of it. */
export async function killDuringRotation(scene: Scene, point: KillPoint): Promise<void> {
  const { place, witness, client } = scene
  const [code] = await issueCodes(place.db, client, 1)
  const [, other] = place.urls
  const first = tokensIn([await witness.exchange(other ?? '', client, code ?? '')])[0]
  assert.ok(first)
  await place.restartAfterKill(0, killAt(point, 1))
  await arm(place, 0)
  assert.equal(await witness.refresh(place.urls[0] ?? '', client, first.refresh_token), undefined)
  await place.kill(0)

  const once = tokensIn([await witness.refresh(other ?? '', client, first.refresh_token)])[0]
  await place.restartAfterKill(0)
  const twice = tokensIn([
    await witness.refresh(place.urls[0] ?? '', client, first.refresh_token),
  ])[0]

  assert.ok(once && twice)
  assert.equal(once.refresh_token, twice.refresh_token)
  assert.deepEqual(await familyOf(place, once.refresh_token), {
    family: (await familyOf(place, first.refresh_token)).family,
    tokens: 2,
    ended: false,
  })
  await assertActive(witness, place.urls, client, [once, twice])
}

async function familyOf({ db }: Installation, refreshToken: string) {
  const { rows } = await db.query<{ family: string; tokens: number; ended: boolean }>(
    `select f.id as "family", f.ended_at is not null as "ended",
            (select count(*)::int from refresh_tokens o where o.family_id = f.id) as "tokens"
       from refresh_tokens t
       join token_families f on f.id = t.family_id
      where t.token_hash = $1`,
    [sha256(refreshToken)],
  )
  assert.ok(rows[0])
  return rows[0]
}
