import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { Logger } from 'pino'
import { methodLabel, type RouteLabel } from './route-label.ts'

/** With labels that have few values. */
export interface AnsweredRequest {
  method: string
  route: string
  status: number
  seconds: number
}

interface RequestLogParts {
  log: Logger
  routeLabel: RouteLabel
  onAnswered(request: AnsweredRequest): void
  /** What went wrong, where the error became an answer further inside. */
  errorOf(ctx: Context): Error | undefined
}

const slowMs = 1_000

/**
 * Gives every request an id, which error pages and the audit trail name, and logs one line when it
 * is answered. Query strings are left out and long path segments shortened: both carry credentials.
 */
export function requestLog(parts: RequestLogParts): Middleware {
  return async (ctx, next) => {
    const id = randomUUID()
    const started = performance.now()
    ctx.state.requestId = id
    ctx.set('X-Request-Id', id)
    ctx.res.once('close', () => noteAnswer(ctx, performance.now() - started, parts))
    await next()
  }
}

function noteAnswer(ctx: Context, ms: number, parts: RequestLogParts): void {
  const { log, routeLabel, onAnswered, errorOf } = parts
  // Nobody was there any more to read it; nginx coined the number.
  const status = ctx.res.writableFinished ? ctx.res.statusCode : 499
  const method = methodLabel(ctx.method)
  onAnswered({ method, route: routeLabel(ctx), status, seconds: ms / 1000 })
  const line = {
    requestId: ctx.state.requestId,
    traceId: ctx.state.traceId,
    method: ctx.method,
    path: loggedPath(ctx.path),
    status,
    ms: Math.round(ms),
    ...(status >= 400 && { error: nameOf(errorOf(ctx)) }),
  }
  if (status >= 500 || ms >= slowMs) log.warn(line, 'request')
  else log.info(line, 'request')
}

/** Never its message, which may repeat what was sent. */
const nameOf = (error: (Error & { slug?: string }) | undefined) => error?.slug ?? error?.name

/** Short, or a word of a route; whatever else a segment is may be an id, a credential, an address. */
const plain = /^([\w.:~*-]{0,12}|oauth-authorization-server|[a-z-]{1,24})$/

/** /auth/interaction/q3J…x/login becomes /auth/interaction/:id/login. */
export function loggedPath(path: string): string {
  // Most paths have nothing to shorten.
  if (/^(\/[\w.:~*-]{0,12}){1,15}$/.test(path)) return path
  return path
    .slice(0, 200)
    .split('/')
    .map((segment) => (plain.test(segment) ? segment : ':id'))
    .join('/')
}
