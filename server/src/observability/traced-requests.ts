import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import type { Context as KoaContext, Middleware } from 'koa'
import { loggedPath } from './request-log.ts'
import { methodLabel, type RouteLabel } from './route-label.ts'
import type { TracerParts } from './tracing.ts'

export interface TracedRequestParts {
  routeLabel: RouteLabel
  errorOf(ctx: KoaContext): Error | undefined
}

const propagator = new W3CTraceContextPropagator()
const headerGetter = {
  keys: (headers: Record<string, unknown>) => Object.keys(headers),
  get: (headers: Record<string, unknown>, name: string) => headers[name] as string | undefined,
}

/**
 * One span for each request, below the caller's if it sends a `traceparent` (W3C Trace Context). That
 * only places it in a trace: the request keeps the id that we gave it.
 */
export function tracedRequests(
  { tracer, current }: TracerParts,
  parts: TracedRequestParts,
): Middleware {
  return async (ctx, next) => {
    const method = methodLabel(ctx.method)
    const options = { kind: SpanKind.SERVER, attributes: { 'http.request.method': method } }
    const span = tracer.startSpan(method, options, callerOf(ctx))
    ctx.state.traceId = span.spanContext().traceId
    ctx.res.once('close', () => {
      complete(span, ctx, parts)
      span.end()
    })
    await current.run(span, next)
  }
}

const callerOf = (ctx: KoaContext): Context =>
  propagator.extract(ROOT_CONTEXT, ctx.req.headers, headerGetter)

/** Names of OpenTelemetry's conventions; no query, no header, no address of a person. */
function complete(span: Span, ctx: KoaContext, { routeLabel, errorOf }: TracedRequestParts): void {
  const route = routeLabel(ctx)
  const { statusCode } = ctx.res
  span.updateName(`${methodLabel(ctx.method)} ${route}`)
  span.setAttributes({
    'http.route': route,
    'http.response.status_code': statusCode,
    'url.path': loggedPath(ctx.path),
    'sso.request_id': ctx.state.requestId,
  })
  const error = errorOf(ctx)
  if (statusCode >= 400 && error) span.setAttribute('error.type', error.name)
  // A refusal is the caller's error, not the server's.
  if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
}
