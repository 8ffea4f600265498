import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { Span, Tracer } from '@opentelemetry/api'
import { type ExportResult, ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Middleware } from 'koa'
import type { Database } from '#db/database.ts'
import { tracedDatabase } from './traced-database.ts'
import { type TracedRequestParts, tracedRequests } from './traced-requests.ts'

export interface Tracing {
  requests(parts: TracedRequestParts): Middleware
  database(db: Database): Database
  /** Sends what is left; a receiver that does not answer is not waited for. */
  close(): Promise<void>
}

/** What a span is made with, and beneath which one. No globals: many apps live in one process. */
export interface TracerParts {
  tracer: Tracer
  current: AsyncLocalStorage<Span>
}

interface TracingOptions {
  /** Of the receiver, without /v1/traces. */
  endpoint: string
  log: { warn(fields: object, message: string): void }
}

const sendingSeconds = 5
const patienceMs = 2_000

/**
 * Spans of requests and their statements, made by hand: two places, where the instrumentation of
 * every library would cost memory and carry what we do not look through. main.ts imports this only
 * when there is an endpoint. All are sampled whatever the caller's header says of that; choosing is
 * the receiver's part.
 */
export function startTracing({ endpoint, log }: TracingOptions): Tracing {
  const url = new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href
  const sender = new OTLPTraceExporter({ url, timeoutMillis: sendingSeconds * 1000 })
  const provider = new TracerProvider({
    resource: service(),
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor({ exporter: noticed(sender, log) })],
  })
  const parts = {
    tracer: provider.getTracer('autogpt-sso'),
    current: new AsyncLocalStorage<Span>(),
  }
  return {
    requests: (request) => tracedRequests(parts, request),
    database: (db) => tracedDatabase(parts, db),
    async close() {
      const patience = Promise.withResolvers<void>()
      const timer = setTimeout(patience.resolve, patienceMs)
      await Promise.race([provider.shutdown().catch(() => {}), patience.promise])
      clearTimeout(timer)
    },
  }
}

/** OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win, as everywhere. */
function service() {
  const ours = { 'service.name': 'autogpt-sso', 'service.instance.id': randomUUID() }
  return defaultResource()
    .merge(resourceFromAttributes(ours))
    .merge(detectResources({ detectors: [envDetector] }))
}

/** The library says nothing when nobody receives; once is enough until it works again. */
function noticed(exporter: SpanExporter, log: TracingOptions['log']): SpanExporter {
  let failing = false
  return {
    export(spans, done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        const failed = result.code === ExportResultCode.FAILED
        if (failed && !failing) log.warn({ error: result.error?.name }, 'traces cannot be sent')
        failing = failed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}
