import { mayBeRefused } from './lineage.ts'
import type { Answer, Attempt } from './witness.ts'

/** What clients saw, by itself: I1 (at most one success), I7 (honest answers). */
export function violationsInAnswers(attempts: readonly Attempt[]): string[] {
  const excused = mayBeRefused(attempts)
  return [
    ...successesOfCodes(attempts),
    ...siblings(attempts),
    ...attempts.flatMap((attempt) =>
      dishonesty(attempt, excused).map((what) => `I7 ${attempt.kind} at ${attempt.node}: ${what}`),
    ),
  ]
}

function successesOfCodes(attempts: readonly Attempt[]): string[] {
  const successes = attempts.filter(
    ({ kind, answer }) => kind === 'exchange' && answer?.status === 200,
  )
  return [...Map.groupBy(successes, ({ presented }) => presented).values()]
    .filter((same) => same.length > 1)
    .map((same) => `I1 one code gave tokens ${same.length} times`)
}

/** The successor is derived (contract, section 3), so a second one cannot exist. */
function siblings(attempts: readonly Attempt[]): string[] {
  const rotations = attempts.filter(
    ({ kind, answer }) => kind === 'refresh' && answer?.status === 200,
  )
  return [...Map.groupBy(rotations, ({ presented }) => presented).values()]
    .filter((same) => new Set(same.map(({ answer }) => answer?.body?.refresh_token)).size > 1)
    .map(() => 'I2 one refresh token has two successors')
}

function dishonesty(attempt: Attempt, excused: (attempt: Attempt) => boolean): string[] {
  const { answer, kind } = attempt
  // A broken connection says nothing untrue.
  if (!answer) return []
  const { status, body } = answer
  if (status >= 500) return refusalProblems(answer)
  if (kind !== 'get' && !isObject(body)) return [`${status} with a body that is not whole`]
  const isRedemption = kind === 'exchange' || kind === 'refresh'
  if (isRedemption && body.error === 'invalid_grant' && !excused(attempt)) {
    return ['invalid_grant for what nobody else could have used']
  }
  return []
}

function refusalProblems({ status, retryAfter, text, body }: Answer): string[] {
  const problems: string[] = []
  if (status !== 503) problems.push(`${status}`)
  else if (!/^\d+$/.test(retryAfter ?? '')) problems.push('503 without Retry-After')
  if (/\bat .+\.[cm]?[jt]s:\d+/.test(text)) problems.push(`${status} with a stack`)
  if (body?.error === 'invalid_grant') problems.push(`${status} that says invalid_grant`)
  return problems
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null

/** I8: one in a hundred may take longer, which is why few requests prove nothing. */
export function slowest(milliseconds: readonly number[]): string[] {
  const inOrder = milliseconds.toSorted((a, b) => a - b)
  const p99 = inOrder[Math.ceil(inOrder.length * 0.99) - 1] ?? 0
  return p99 < 1000
    ? []
    : [`I8 p99 of what has nothing to do with the fault: ${Math.round(p99)} ms`]
}
