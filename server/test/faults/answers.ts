import assert from 'node:assert/strict'
import type { Grantee } from './grants.ts'
import { inBatches } from './in-batches.ts'
import type { Answer, Witness } from './witness.ts'

export interface Tokens {
  access_token: string
  refresh_token: string
}

/** How many answers of each kind there were, such as `200` or `400 invalid_grant`. */
export function tally(answers: (Answer | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const answer of answers) {
    const kind = answer
      ? [answer.status, answer.body?.error].filter(Boolean).join(' ')
      : 'broken off'
    counts[kind] = (counts[kind] ?? 0) + 1
  }
  return counts
}

/** What was received with 200. */
export const tokensIn = (answers: (Answer | undefined)[]): Tokens[] =>
  answers.filter((answer) => answer?.status === 200).map((answer) => answer?.body)

/** I3, for every single one: the nodes are asked in turn. */
export async function assertActive(
  witness: Witness,
  urls: string[],
  client: Grantee,
  received: Tokens[],
): Promise<void> {
  const tokens = received.flatMap((body) => [body.access_token, body.refresh_token])
  const answers = await inBatches(tokens, 32, (token, index) =>
    witness.introspect(urls[index % urls.length] ?? '', client, token),
  )
  const lost = answers.filter((answer) => answer?.body?.active !== true)
  assert.deepEqual(tally(lost), {}, `${lost.length} of ${tokens.length} received tokens are lost`)
}
