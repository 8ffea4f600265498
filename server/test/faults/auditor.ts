import assert from 'node:assert/strict'
import pg from 'pg'
import { slowest, violationsInAnswers } from './audit-answers.ts'
import { violationsOfHealth, violationsOfSize, violationsOfTokens } from './audit-nodes.ts'
import { violationsInRows } from './audit-rows.ts'
import { type Held, tokensHeld } from './lineage.ts'
import type { ProcessSize } from './process-size.ts'
import type { Attempt, Credentials } from './witness.ts'

/** What clients know (witness.ts keeps the attempts), and what else a test has seen. */
export interface Received {
  attempts: readonly Attempt[]
  /** Tokens that ended by other means, such as a client that was disabled. */
  ended?: { token: string; client: Credentials }[]
  /** What may stand nowhere in the database, beside the tokens: codes, passwords, cookies. */
  secrets?: string[]
  /** Milliseconds that requests took which have nothing to do with the fault (I8). */
  unaffected?: number[]
  /** Processes and how large they were before (I10). */
  sizes?: { pid: number; before: ProcessSize }[]
}

interface Scene {
  databaseUrl: string
  /** Base URLs of all that serve now. */
  nodes: string[]
  received: Received
  /** How many living tokens are asked for at each node; the database is asked for all. */
  most?: number
}

export interface Audited {
  alive: number
  dead: number
  /** Of which nothing can be said after what their clients did. */
  unsure: number
}

/** The invariants I1 to I10 after a fault has ended. Throws what is broken, all of it. */
export async function audit(scene: Scene): Promise<Audited> {
  const violations = await findViolations(scene)
  assert.deepEqual(summary(violations), [], 'invariants')
  const fates = Object.groupBy(heldBy(scene.received), ({ fate }) => fate)
  const count = (fate: Held['fate']) => fates[fate]?.length ?? 0
  return { alive: count('alive'), dead: count('dead'), unsure: count('unsure') }
}

async function findViolations({
  databaseUrl,
  nodes,
  received,
  most = 300,
}: Scene): Promise<string[]> {
  const held = heldBy(received)
  // First, since it waits for the nodes to recover.
  const health = await Promise.all(nodes.map(violationsOfHealth))
  const tokens = await Promise.all(nodes.map((node) => violationsOfTokens(node, held, most)))
  const sizes = (received.sizes ?? []).map(({ pid, before }) => violationsOfSize(pid, before))
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const secrets = secretsOf(received)
    return [
      ...violationsInAnswers(received.attempts),
      ...slowest(received.unaffected ?? []),
      ...health.flat(),
      ...tokens.flat(),
      ...(await violationsInRows(client, { held, secrets })),
      ...(await Promise.all(sizes)).flat(),
    ]
  } finally {
    await client.end()
  }
}

function heldBy({ attempts, ended = [] }: Received): Held[] {
  const dead = new Set(ended.map(({ token }) => token))
  const held = tokensHeld(attempts).filter(({ token }) => !dead.has(token))
  const unique = new Map(held.map((one) => [one.token, one]))
  return [...unique.values(), ...ended.map((one): Held => ({ ...one, fate: 'dead' }))]
}

/** Tokens have a prefix that the rows are searched for; these have none. */
function secretsOf({ attempts, secrets = [] }: Received): string[] {
  const codes = attempts
    .filter(({ kind }) => kind === 'exchange')
    .map(({ presented = '' }) => presented)
  return [...secrets, ...codes]
}

/** Each once, with how often. */
function summary(violations: string[]): string[] {
  const counts = Map.groupBy(violations, (violation) => violation)
  return [...counts].map(([violation, { length }]) =>
    length > 1 ? `${violation} (${length} times)` : violation,
  )
}
