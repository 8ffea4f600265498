import type { ApiKey } from '#db/api-keys.ts'
import { Problem } from '#web/problem.ts'
import { invalid } from '#web/wire.ts'
import type { Keeper } from './keys.ts'
import type { KeyChange } from './schemas.ts'

/** Whether an administrator does it, for whom the limits of the owner do not hold. */
export const isGoverning = ({ actor }: Pick<Keeper, 'actor'>): boolean => actor.actorType !== 'user'

/** A key does less and less: nobody widens it, and its owner takes no limit away. */
export function refuseMore(keeper: Pick<Keeper, 'actor'>, key: ApiKey, change: KeyChange): void {
  refuseWidening(key, change)
  if (isGoverning(keeper)) return
  refuseFaster(key, change)
  if (key.heldAt && change.is_active) {
    throw new Problem(409, 'key-is-held', 'An administrator suspended this key: ask there.')
  }
}

// A script that holds a key must not be able to do more one day than on the day it was given.
function refuseWidening({ scopes }: ApiKey, change: KeyChange): void {
  const more = change.scopes?.filter((scope) => !scopes.includes(scope)) ?? []
  if (more.length === 0) return
  const message = `A key is never widened: make another one for ${more.join(', ')}.`
  throw invalid([{ field: 'scopes', message }])
}

// The limit may be one that an administrator set.
function refuseFaster({ requestsPerMinute: most }: ApiKey, change: KeyChange): void {
  const { requests_per_minute: asked } = change
  if (asked === undefined || most === null) return
  if (asked !== null && asked <= most) return
  const message = `Only an administrator raises it: give ${most} or less.`
  throw invalid([{ field: 'requests_per_minute', message }])
}
