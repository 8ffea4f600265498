import { createHash } from 'node:crypto'
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { ApiError } from './errors.ts'

/** So many calls in so many seconds, in windows that begin with the clock's (external-api.md 6). */
export interface Rule {
  name: string
  requests: number
  seconds: number
  /** Counts what was refused, and says so. */
  isOfFailures?: boolean
}

export const rules = {
  /** Every key and token of a person together. */
  user: { name: 'user', requests: 200, seconds: 60 },
  /** From one address without a credential that is valid. */
  anonymous: { name: 'anonymous', requests: 5, seconds: 60 },
  /** Credentials from one address that begin alike, before they are looked up. */
  presented: { name: 'presented', requests: 300, seconds: 60 },
  /** Those of them that are not valid. */
  failedKey: { name: 'failed key', requests: 30, seconds: 60, isOfFailures: true },
  /** Credentials from one address that are not valid, however they begin. */
  failed: { name: 'failed', requests: 300, seconds: 60, isOfFailures: true },
  /** Reads of the documents and pages from one address. */
  docs: { name: 'docs', requests: 60, seconds: 60 },
} as const

/** Where a window stands after a call. */
export interface Standing {
  limit: number
  remaining: number
  /** Seconds until the next window. */
  reset: number
}

/** A limiter for points in seconds, on whichever store this server has. */
export type NewLimiter = (rule: { points: number; duration: number }) => RateLimiterAbstract

/** How many calls a node takes from the store at once: the others need no question to it. */
const chunk = 10
const mostHeld = 20_000

interface Held {
  left: number
  /** What the store has besides. */
  remaining: number
  /** Nothing comes back before the window ends, so the store need not be asked again. */
  isSpent: boolean
  asking?: Promise<void> | undefined
}

/** Counts calls; the 429 is its own. A store that is away lets calls through, as the platform does. */
export function callLimits(newLimiter: NewLimiter, now: () => number = Date.now) {
  const limiters = new Map<string, RateLimiterAbstract>()
  const held = new Map<string, Held>()

  const limiterOf = ({ requests, seconds }: Rule) => {
    const name = `${requests}/${seconds}`
    const known = limiters.get(name) ?? newLimiter({ points: requests, duration: seconds })
    limiters.set(name, known)
    return known
  }

  async function ask(rule: Rule, name: string, mine: Held): Promise<void> {
    const points = Math.min(chunk, Math.ceil(rule.requests / 20))
    const state = await limiterOf(rule)
      .consume(name, points)
      .catch((refusal) => {
        if (refusal instanceof RateLimiterRes) return refusal
        return undefined
      })
    if (!state) {
      mine.left = points
      return
    }
    mine.left = Math.max(0, Math.min(points, rule.requests - (state.consumedPoints - points)))
    mine.remaining = state.remainingPoints
    mine.isSpent = mine.left === 0
  }

  return async (rule: Rule, whom: string): Promise<Standing> => {
    const seconds = now() / 1000
    const window = Math.floor(seconds / rule.seconds)
    const reset = Math.max(1, Math.ceil((window + 1) * rule.seconds - seconds))
    const name = `${rule.name}:${digest(whom)}:${window}`
    if (held.size > mostHeld) held.clear()
    const mine = held.get(name) ?? { left: 0, remaining: 0, isSpent: false }
    held.set(name, mine)
    while (mine.left === 0) {
      if (mine.isSpent) throw tooMany(rule, { limit: rule.requests, remaining: 0, reset })
      if (mine.asking !== undefined) {
        await mine.asking
        continue
      }
      mine.asking = ask(rule, name, mine)
      await mine.asking
      mine.asking = undefined
    }
    mine.left -= 1
    return { limit: rule.requests, remaining: mine.left + mine.remaining, reset }
  }
}

export type TakeCall = ReturnType<typeof callLimits>

// Keys hold addresses and ids of people; a table need not show them.
const digest = (key: string) => createHash('sha256').update(key).digest('base64url').slice(0, 22)

export const limitHeaders = ({ limit, remaining, reset }: Standing): Record<string, string> => ({
  'X-RateLimit-Limit': String(limit),
  'X-RateLimit-Remaining': String(remaining),
  'X-RateLimit-Reset': String(reset),
})

function tooMany(rule: Rule, standing: Standing): ApiError {
  if (rule.isOfFailures) return tooManyFailures(rule, standing.reset)
  const { requests, seconds } = rule
  const message = `Rate limit exceeded (${requests} requests per ${seconds}s). Try again shortly.`
  return new ApiError(429, message, {
    headers: { ...limitHeaders(standing), 'Retry-After': String(standing.reset) },
  })
}

/** They are told to wait for a whole window, wherever in it they are (external-api.md 6). */
export const tooManyFailures = ({ requests, seconds }: Rule, reset: number) =>
  new ApiError(429, 'Too many failed authentication attempts. Try again shortly.', {
    headers: {
      ...limitHeaders({ limit: requests, remaining: 0, reset }),
      'Retry-After': String(seconds),
    },
  })
