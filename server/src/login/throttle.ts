import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible'

const minute = 60
const hour = 60 * minute
const quarter = { duration: 15 * minute, blockDuration: 15 * minute }

/** So many points in so many seconds; threats.md 4.3 and what other products do. */
const limits = {
  /** Wrong passwords for one account from one network. */
  login_pair: { points: 10, ...quarter },
  /** Wrong passwords in a browser that has signed in to the account before. */
  login_device: { points: 10, ...quarter },
  /** Wrong passwords for one account from all networks together; never counts known browsers. */
  login_account: { points: 25, duration: 15 * minute },
  /** Wrong passwords from one network, whichever account. */
  login_network: { points: 100, duration: 10 * minute },
  /** Right and wrong ones: each costs an argon2 computation. */
  login_burst: { points: 30, duration: minute },
  /** Wrong passwords typed where somebody is signed in, for one account. */
  password_check: { points: 10, ...quarter },
  /** Right and wrong ones there. */
  password_check_burst: { points: 20, duration: minute },
  /** Everything about one account read and written at once. */
  download: { points: 5, duration: 10 * minute },
  /** Another address asked for by one account, whichever address. */
  email_change: { points: 5, duration: hour },
  /** One line about it in the audit trail is enough. */
  throttled_note: { points: 1, duration: 15 * minute },
  /** The same from one network, which may name another address each time. */
  throttled_notes: { points: 10, duration: 15 * minute },
  /** Wrong secrets of one client from one address. */
  client_failure: { points: 20, duration: minute },
  /** Wrong codes and refresh tokens; an app whose users were all signed out has many at once. */
  grant_failure: { points: 100, duration: minute },
  /** Authorization requests from one network: each stores a row that waits for a person. */
  authorize: { points: 300, duration: minute },
  sign_up: { points: 5, duration: 10 * minute },
  sign_up_day: { points: 20, duration: 24 * hour },
  mail_to: { points: 3, duration: minute },
  mail_to_hour: { points: 10, duration: hour },
  mail_from_hour: { points: 10, duration: hour },
} as const

export type Limit = keyof typeof limits

export interface Throttle {
  /** Counts one more; the seconds to wait when that was too many, undefined when it may pass. */
  take(limit: Limit, key: string): Promise<number | undefined>
  /** Takes one back, for what turned out to be right. */
  giveBack(limit: Limit, key: string): Promise<void>
  forget(limit: Limit, key: string): Promise<void>
}

interface ThrottleOptions {
  /** false lifts every limit (RATE_LIMITS=off). */
  rateLimits: boolean
  /** Counts are shared by every node that names the same Redis; else they are this process's own. */
  redis: Redis | undefined
}

export function createThrottle({ rateLimits, redis }: ThrottleOptions): Throttle {
  if (!rateLimits) return lifted
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => [name, limiter(name, limit, redis)]),
  ) as Record<Limit, RateLimiterAbstract>

  return {
    async take(limit, key) {
      try {
        await limiters[limit].consume(digest(key))
        return undefined
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000))
      }
    },
    giveBack: async (limit, key) => void (await limiters[limit].reward(digest(key))),
    forget: async (limit, key) => void (await limiters[limit].delete(digest(key))),
  }
}

const lifted: Throttle = {
  take: async () => undefined,
  giveBack: async () => {},
  forget: async () => {},
}

// Keys hold addresses of people; neither memory dumps nor Redis need to show them.
const digest = (key: string) => createHash('sha256').update(key).digest('base64url')

function limiter(
  name: string,
  limit: { points: number; duration: number },
  redis: Redis | undefined,
): RateLimiterAbstract {
  const options = { keyPrefix: `agpt:${name}`, ...limit }
  const memory = new RateLimiterMemory(options)
  if (!redis) return memory
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: memory,
  })
}
