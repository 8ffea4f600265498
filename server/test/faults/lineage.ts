import type { Attempt, Credentials } from './witness.ts'

/** A token that a client received with 200, and what must have become of it. */
export interface Held {
  token: string
  client: Credentials
  fate: 'alive' | 'dead' | 'unsure'
}

interface Family {
  ended: boolean
  unsure: boolean
}

const doubleClickMs = 2_000
const retryWindowMs = 30_000

/**
 * Follows every token from its code on. Unsure is what the contract leaves open after what the
 * client did: a repetition outside its window, or a revocation whose answer was lost.
 */
export function tokensHeld(attempts: readonly Attempt[]): Held[] {
  return followed(attempts).held
}

/** Whether a refusal of this code or refresh token is explained by the client's own doings. */
export function mayBeRefused(attempts: readonly Attempt[]): (attempt: Attempt) => boolean {
  const { families, presentations } = followed(attempts)
  return (attempt) => {
    const family = families.get(attempt.presented ?? '')
    if (family && (family.ended || family.unsure)) return true
    if (attempt.kind !== 'exchange') return false
    const others = presentations.get(attempt.presented ?? '') ?? []
    return others.some((other) => other !== attempt && mayHaveSucceeded(other))
  }
}

function followed(attempts: readonly Attempt[]) {
  const inOrder = attempts.toSorted((a, b) => a.startedAt - b.startedAt)
  const presentations = Map.groupBy(inOrder, ({ presented = '' }) => presented)
  const families = familiesOf(inOrder)
  const presentedAgain = (token: string) => presentations.get(token)?.filter(isRedemption) ?? []
  for (const [presented, family] of families) {
    if (isRepeatedTooLate(presentedAgain(presented), presentedAgain)) family.unsure = true
  }
  const revoked = new Map<string, Held['fate']>()
  for (const attempt of inOrder) noteRevocation(attempt, families, revoked)

  const held = inOrder.flatMap((attempt) =>
    received(attempt).map(({ token, redeemable }): Held => {
      const family = families.get(token)
      const own = revoked.get(token)
      const spent = redeemable && presentedAgain(token).length > 0
      const fate =
        own === 'dead' || family?.ended
          ? 'dead'
          : own || family?.unsure || spent
            ? 'unsure'
            : 'alive'
      return { token, client: attempt.client as Credentials, fate }
    }),
  )
  return { held, families, presentations }
}

/** By code and by token; tokens of machines have none. */
function familiesOf(inOrder: Attempt[]): Map<string, Family> {
  const families = new Map<string, Family>()
  for (const attempt of inOrder.filter(isRedemption)) {
    const family = families.get(attempt.presented ?? '') ?? { ended: false, unsure: false }
    families.set(attempt.presented ?? '', family)
    for (const { token } of received(attempt)) families.set(token, family)
  }
  return families
}

function received({ kind, answer }: Attempt): { token: string; redeemable: boolean }[] {
  if (!['exchange', 'refresh', 'machine'].includes(kind) || answer?.status !== 200) return []
  const { access_token, refresh_token } = answer.body ?? {}
  return [
    ...(access_token ? [{ token: String(access_token), redeemable: false }] : []),
    ...(refresh_token ? [{ token: String(refresh_token), redeemable: true }] : []),
  ]
}

const isRedemption = ({ kind }: Attempt) => kind === 'exchange' || kind === 'refresh'

const mayHaveSucceeded = ({ answer }: Attempt) =>
  answer === undefined || answer.status === 200 || answer.status >= 500

/** A code later than a double click, a refresh token outside its window or after its successor. */
function isRepeatedTooLate(same: Attempt[], of: (token: string) => Attempt[]): boolean {
  const [first] = same
  if (!first || same.length === 1) return false
  const last = Math.max(...same.map(({ endedAt }) => endedAt))
  const window = first.kind === 'exchange' ? doubleClickMs : retryWindowMs
  if (last - first.startedAt >= window) return true
  if (first.kind === 'exchange') return false
  const successors = same.flatMap(received).filter(({ redeemable }) => redeemable)
  return successors.some(({ token }) => of(token).some(({ startedAt }) => startedAt < last))
}

/** Of a refresh token: its whole family (contract, section 3). */
function noteRevocation(
  { kind, presented = '', answer }: Attempt,
  families: Map<string, Family>,
  revoked: Map<string, Held['fate']>,
): void {
  if (kind !== 'revoke' || (answer && answer.status >= 400 && answer.status < 500)) return
  const certain = answer?.status === 200
  revoked.set(presented, certain ? 'dead' : (revoked.get(presented) ?? 'unsure'))
  const family = families.get(presented)
  if (!family || !presented.startsWith('agpt_rt_')) return
  if (certain) family.ended = true
  else family.unsure = true
}
