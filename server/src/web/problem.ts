import { STATUS_CODES } from 'node:http'
import type { Context, Middleware } from 'koa'
import { errorPage } from './error-page.ts'
import { type Html, render } from './html.ts'
import { type Locale, localeByTag, localeOf } from './locale.ts'
import { problemWords } from './problem-words.ts'

export interface FieldError {
  field: string
  message: string
}

interface ProblemOptions {
  errors?: FieldError[]
  headers?: Record<string, string>
  /** What a person sees of it, where the error page would leave them without a way on. */
  page?: (locale: Locale) => Html
  cause?: unknown
}

/** A refusal we mean: its message is for whoever asked, its cause for the log only. */
export class Problem extends Error {
  readonly status: number
  readonly slug: string
  readonly errors: FieldError[] | undefined
  readonly headers: Record<string, string>
  readonly page: ((locale: Locale) => Html) | undefined

  constructor(status: number, slug: string, message: string, options: ProblemOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.name = 'Problem'
    this.status = status
    this.slug = slug
    this.errors = options.errors
    this.headers = options.headers ?? {}
    this.page = options.page
  }
}

/** The value, or the 404 a route answers when there is none. */
export function found<Value>(value: Value | null | undefined, what: string): Value {
  if (value === undefined || value === null) {
    throw new Problem(404, 'not-found', `There is no such ${what}.`)
  }
  return value
}

interface Log {
  error(fields: object, message: string): void
}

/**
 * The one place where errors become answers: RFC 9457 problem documents for the APIs, the error
 * page for people. What is not a Problem shows its request id and nothing else (A130).
 */
export function problemMiddleware({ log }: { log: Log }): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (isEmptyRefusal(ctx)) throw fromStatus(ctx.status)
    } catch (error) {
      if (ctx.headerSent) throw error
      const problem = toProblem(error)
      ctx.state.error = error
      // Load that was shed is counted, not reported: a log line each would add to the load.
      if (problem.status >= 500 && problem.slug !== 'busy') {
        log.error({ err: error, requestId: ctx.state.requestId }, 'request failed')
      }
      await answer(ctx, problem)
    }
  }
}

// Routers leave 404 and 405 without a body: those deserve a page as well.
const isEmptyRefusal = (ctx: Context) =>
  ctx.body == null && ctx.respond !== false && !ctx.headerSent && ctx.status >= 400

const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error
  const { status, name } = error instanceof Error ? (error as Error & { status?: unknown }) : {}
  if (status === 503 || name === 'DatabaseUnavailable') {
    return fromStatus(503, { cause: error, headers: { 'Retry-After': '2' } })
  }
  if (name === 'InvalidText') return fromStatus(400, { cause: error })
  // Koa and its router speak http-errors: a 4xx of theirs is the sender's doing, not a bug.
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return fromStatus(status, { cause: error })
  }
  return fromStatus(500, { cause: error })
}

const fromStatus = (status: number, options: ProblemOptions = {}) =>
  new Problem(status, `status-${status}`, problemWords(english, { status }).message, options)

const english = localeByTag('en')

const answer = (ctx: Context, problem: Problem) => {
  ctx.set(problem.headers)
  const wantsJson = isApi(ctx.path) || ctx.accepts('html', 'json') === 'json'
  return wantsJson ? answerDocument(ctx, problem) : answerPage(ctx, problem)
}

const isApi = (path: string) => /^\/(api|external-api|\.well-known|health)(\/|$)/.test(path)

const answerDocument = (ctx: Context, problem: Problem) => {
  const { status, slug, message, errors } = problem
  ctx.status = status
  ctx.body = {
    // RFC 9457 4.2.1: about:blank where the status says it all.
    type: slug.startsWith('status-') ? 'about:blank' : `urn:autogpt-sso:problem:${slug}`,
    title: STATUS_CODES[status],
    status,
    detail: message,
    request_id: ctx.state.requestId,
    errors,
  }
  ctx.type = 'application/problem+json'
}

const answerPage = (ctx: Context, problem: Problem) => {
  const locale = localeOf(ctx)
  const { requestId } = ctx.state
  const page =
    problem.page?.(locale) ?? errorPage({ locale, ...problemWords(locale, problem), requestId })
  return render(ctx, page, problem.status)
}
