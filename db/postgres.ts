import type pg from 'pg'
import { type Connection, openConnections } from './connections.ts'
import type { Database, Db, Result } from './database.ts'
import { isConnectionLost } from './database-errors.ts'
import { retryWhenUndone } from './retry.ts'
import { assertNotWaiting, type Run, whileWaiting, withinTransaction } from './transaction.ts'

/** What a request may wait for one statement, another's lock included. */
const statementSeconds = 4

/**
 * A pool that keeps no session state (no prepared names, no set, no listen), so that it also works
 * behind PgBouncer in transaction mode. For the same reason the time limit of a statement is not a
 * start-up parameter, which PgBouncer refuses: the client keeps it, and each transaction sets it.
 */
export function openPostgres({
  databaseUrl,
  onNotice = () => {},
}: {
  databaseUrl: string
  onNotice?: (line: string) => void
}): Database {
  const connections = openConnections(databaseUrl, onNotice)
  let statements = 0
  const runOn = (connection: Connection): Run => {
    return async (text, values) => {
      statements += 1
      return resultOf(await connection.run(text, values))
    }
  }
  const single = (text: string, values: unknown[] | undefined) =>
    connections.use(statementSeconds, (connection) => runOn(connection)(text, values))

  const db: Database = {
    engine: 'postgres',
    async query<Row>(text: string, values?: unknown[]) {
      assertNotWaiting(db)
      try {
        return (await single(text, values)) as Result<Row>
      } catch (error) {
        const again = () => single(text, values) as Promise<Result<Row>>
        if (isConnectionLost(error) && onlyReads(text)) return connections.renewed(again)
        return retryWhenUndone(error, again)
      }
    },
    async transaction(work, { timeoutSeconds = statementSeconds } = {}) {
      assertNotWaiting(db)
      let begun = false
      const once = () =>
        connections.use(timeoutSeconds + 1, async (connection) => {
          const run = runOn(connection)
          await run(beginning(timeoutSeconds))
          begun = true
          return whileWaiting(db, () => finishTransaction(run, work))
        })
      try {
        return await once()
      } catch (error) {
        if (isConnectionLost(error) && !begun) return connections.renewed(once)
        return retryWhenUndone(error, once)
      }
    },
    stats: () => ({ statements, ...connections.stats() }),
    close: connections.close,
  }
  return db
}

/** It has no effects, so it may be sent again when nobody knows what became of it. */
export const onlyReads = (text: string) => /^\s*select\b/i.test(text)

// A process that hangs, or was cut off, keeps its locks no longer than a statement may wait for them.
const beginning = (seconds: number) =>
  `begin;
   set local statement_timeout = '${seconds}s';
   set local idle_in_transaction_session_timeout = '${seconds}s'`

async function finishTransaction<T>(run: Run, work: (tx: Db) => Promise<T>): Promise<T> {
  try {
    const result = await withinTransaction(run, work)
    await run('commit')
    return result
  } catch (error) {
    // It fails on a connection that is out of order, which is then thrown away.
    await run('rollback').catch(() => {})
    throw error
  }
}

function resultOf(answer: pg.QueryResult | pg.QueryResult[]): Result<unknown> {
  const result = Array.isArray(answer) ? answer.at(-1) : answer
  return { rows: result?.rows ?? [], rowCount: result?.rowCount ?? 0 }
}
