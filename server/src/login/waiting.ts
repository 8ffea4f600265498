import type { Context } from 'koa'
import type { FieldError } from './entry-pages.ts'
import type { Place } from './place.ts'
import type { Limit, Throttle } from './throttle.ts'

/** What a 429 says on the page and, for programs, in Retry-After (RFC 9110 10.2.3). */
export function tooMany(ctx: Context, place: Place, seconds: number): FieldError {
  const words = place.locale.messages.login.errors
  ctx.set('Retry-After', String(seconds))
  return { field: '', message: `${words.tooMany(seconds)} ${words.tooManyHint}` }
}

export function tooManyMails(ctx: Context, place: Place, seconds: number): FieldError {
  ctx.set('Retry-After', String(seconds))
  return { field: '', message: place.locale.messages.login.errors.tooManyMails(seconds) }
}

/** Takes one of each in turn; the seconds to wait at the first that has none left. */
export async function takeAll(
  throttle: Throttle,
  counters: readonly (readonly [Limit, string])[],
): Promise<number | undefined> {
  for (const [limit, key] of counters) {
    const wait = await throttle.take(limit, key)
    if (wait !== undefined) return wait
  }
  return undefined
}
