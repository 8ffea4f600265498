import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Database, Db } from '#db/database.ts'
import type { TracerParts } from './tracing.ts'

/**
 * A span for each statement and transaction of a request; what runs by itself, such as the removal
 * of expired rows, has none. Texts have $1 where values go, so they can be shown.
 */
export function tracedDatabase(parts: TracerParts, db: Database): Database {
  return { ...db, ...traced(parts, db) }
}

function traced(parts: TracerParts, db: Db): Db {
  return {
    query: (text, values) =>
      within(parts, { name: summaryOf(text), text }, () => db.query(text, values)),
    transaction: (work, options) =>
      within(parts, { name: 'transaction' }, () =>
        db.transaction((tx) => work(traced(parts, tx)), options),
      ),
  }
}

async function within<T>(
  { tracer, current }: TracerParts,
  { name, text }: { name: string; text?: string },
  work: () => Promise<T>,
): Promise<T> {
  const above = current.getStore()
  if (!above) return work()
  const attributes = {
    'db.system.name': 'postgresql',
    ...(text !== undefined && { 'db.query.text': text.replace(/\s+/g, ' ').trim().slice(0, 1000) }),
  }
  const parent = trace.setSpan(ROOT_CONTEXT, above)
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, parent)
  try {
    return await current.run(span, work)
  } catch (error) {
    // A message may repeat a value.
    span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown')
    span.setStatus({ code: SpanStatusCode.ERROR })
    throw error
  } finally {
    span.end()
  }
}

/** `update refresh_tokens`: what it does first, and to which table. */
function summaryOf(text: string): string {
  const [verb = 'statement'] = /\w+/.exec(text) ?? []
  const [, table] = /\b(?:from|into|update)\s+([a-z_]+)/.exec(text) ?? []
  return table && table !== 'set' ? `${verb} ${table}` : verb
}
