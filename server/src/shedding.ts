import type { IncomingMessage } from 'node:http'
import type { Context, Middleware } from 'koa'
import type { EventLoopDelay } from './event-loop-delay.ts'
import { answerShed } from './shed-answers.ts'

export type ShedReason = 'event_loop' | 'in_flight'

interface SheddingOptions {
  delay: Pick<EventLoopDelay, 'current'>
  onShed(reason: ShedReason): void
  places?: Places
}

/** faults.md R26. Above this the process is behind its work, and more of it makes all wait. */
const lateMs = 250

/**
 * How many requests of a kind are under way at most, and while the event loop is late. Each kind has
 * places of its own, so that a crowd at the login page leaves programs theirs. A node makes several
 * hundred token answers a second: those in front of a request are done within about a second.
 */
const standardPlaces: Places = {
  page: { most: 200, mostWhenLate: 32 },
  program: { most: 400, mostWhenLate: 64 },
  // These wait for a platform, which may be slow: whoever signs in or asks for a token must not.
  api: { most: 600, mostWhenLate: 64 },
  // What takes access away is refused last.
  revocation: { most: 400, mostWhenLate: 400 },
}

type Kind = 'page' | 'program' | 'api' | 'revocation'
type Places = Record<Kind, { most: number; mostWhenLate: number }>

/**
 * Refuses with 503 what cannot be answered soon, before everybody waits (R26, R28). Stands behind
 * the probes and before all that costs something. No library: those that exist for Koa
 * (overload-protection, toobusy-js) know one bound for all requests, and no answers but plain text.
 */
export function shedding({ delay, onShed, places = standardPlaces }: SheddingOptions): Middleware {
  const underWay: Record<Kind, Set<IncomingMessage>> = {
    page: new Set(),
    program: new Set(),
    api: new Set(),
    revocation: new Set(),
  }
  return async (ctx, next) => {
    if (isFree(ctx)) return next()
    const kind = kindOf(ctx.path)
    const mine = underWay[kind]
    const { most, mostWhenLate } = places[kind]
    const late = delay.current() > lateMs
    if (isFull(mine, late ? mostWhenLate : most)) {
      onShed(late ? 'event_loop' : 'in_flight')
      return answerShed(ctx)
    }
    mine.add(ctx.req)
    try {
      await next()
    } finally {
      // Not when the connection ends: the work of somebody who left goes on all the same.
      mine.delete(ctx.req)
    }
  }
}

/**
 * Only what keeps the server busy counts: who sends slowly takes nobody's place (A149), but a GET,
 * whose body nobody waits for, is at work whatever it says of one. Counting takes a while, and is not
 * needed as long as there is room for all.
 */
function isFull(requests: Set<IncomingMessage>, most: number): boolean {
  if (requests.size < most) return false
  let busy = 0
  for (const { complete, method } of requests) if (complete || method === 'GET') busy += 1
  return busy >= most
}

/** Preflights and files from memory cost less than a refusal; the gateway's ask the database. */
const isFree = ({ method, path }: Context) =>
  (method === 'OPTIONS' && !path.startsWith('/external-api/')) || path.startsWith('/assets/')

function kindOf(path: string): Kind {
  if (path === '/api/oauth/revoke') return 'revocation'
  if (path.startsWith('/external-api/')) return 'api'
  return /^\/(api|\.well-known)(\/|$)/.test(path) ? 'program' : 'page'
}
