import pg from 'pg'
import type { Database, Db, Result } from './database.ts'
import { DatabaseUnavailable, namedError } from './database-errors.ts'
import { assertNotWaiting, type Run, whileWaiting, withinTransaction } from './transaction.ts'

const statementSeconds = 5

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
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    application_name: 'autogpt-sso',
    connectionTimeoutMillis: 2000,
    keepAlive: true,
    allowExitOnIdle: true,
  })
  // Without listeners the end of a connection (a restart of the server) ends this process: the
  // pool's is for idle ones, the client's also for one that a transaction holds between statements.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', (error) => onNotice(`A database connection ended: ${error.message}`))
  })

  let statements = 0
  const counted = (run: Run): Run => {
    return (text, values) => {
      statements += 1
      return run(text, values)
    }
  }
  const db: Database = {
    engine: 'postgres',
    async query<Row>(text: string, values?: unknown[]) {
      assertNotWaiting(db)
      return onClient(
        pool,
        (client) => counted(runOn(client))(text, values) as Promise<Result<Row>>,
      )
    },
    async transaction(work, { timeoutSeconds = statementSeconds } = {}) {
      assertNotWaiting(db)
      const onConnection = (client: pg.PoolClient) =>
        inTransaction({ run: counted(runOn(client, timeoutSeconds + 1)), timeoutSeconds }, work)
      return whileWaiting(db, () => onClient(pool, onConnection))
    },
    stats: () => ({
      statements,
      connections: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    close: () => pool.end(),
  }
  return db
}

async function onClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error) => {
    throw namedError(error)
  })
  let broken = false
  try {
    return await work(client)
  } catch (error) {
    // Its state is unknown, a statement may still be running on it.
    broken = error instanceof DatabaseUnavailable
    throw error
  } finally {
    client.release(broken)
  }
}

async function inTransaction<T>(
  { run, timeoutSeconds }: { run: Run; timeoutSeconds: number },
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  await run(`begin; set local statement_timeout = '${timeoutSeconds}s'`)
  try {
    const result = await withinTransaction(run, work)
    await run('commit')
    return result
  } catch (error) {
    // A connection that is out of order is thrown away instead.
    if (!(error instanceof DatabaseUnavailable)) await run('rollback')
    throw error
  }
}

function runOn(client: pg.PoolClient, timeoutSeconds = statementSeconds): Run {
  return async (text, values) => {
    // pg reads query_timeout from each query; its types know it on the client only.
    const query = { text, values, query_timeout: timeoutSeconds * 1000 }
    try {
      const answer: pg.QueryResult | pg.QueryResult[] = await client.query(query)
      const result = Array.isArray(answer) ? answer.at(-1) : answer
      return { rows: result?.rows ?? [], rowCount: result?.rowCount ?? 0 }
    } catch (error) {
      throw namedError(error)
    }
  }
}
