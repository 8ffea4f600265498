import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Use, watchConnections } from './connection-watch.ts'
import {
  DatabaseUnavailable,
  isConnectionLost,
  isConnectionSound,
  isServerUp,
  namedError,
} from './database-errors.ts'

/** One connection while somebody uses it. */
export interface Connection {
  run(text: string, values?: unknown[]): Promise<pg.QueryResult | pg.QueryResult[]>
}

/** For a new connection, or one that becomes free. */
const connectMs = 1500
/** Each holds a request in memory. */
const mostWaiting = 1000
const probeMs = 1000

/** The pool, with a limit on every kind of waiting. */
export function openConnections(databaseUrl: string, onNotice: (line: string) => void) {
  const options: pg.PoolConfig = {
    connectionString: databaseUrl,
    application_name: 'autogpt-sso',
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5000,
  }
  const pool = new pg.Pool({ ...options, allowExitOnIdle: true })
  // Without listeners the end of a connection (a restart of the server) ends this process: the
  // pool's is for idle ones, the client's also for one that a transaction holds between statements.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', (error) => onNotice(`A database connection ended: ${error.message}`))
  })
  const watch = watchConnections({
    reaches: () => reaches(options),
    onDeadConnections: () => dropIdle(pool),
    onNotice,
  })

  function connected(use: Use): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      if (pool.waitingCount >= mostWaiting) throw new DatabaseUnavailable('too many wait for it')
      use.reject = reject
      pool.connect((error, client, release) => {
        use.reject = undefined
        if (use.ended) return release()
        if (client) return resolve(client)
        watch.doubt()
        reject(namedError(error))
      })
    })
  }

  function running(use: Use, client: pg.PoolClient): Connection['run'] {
    return async (text, values) => {
      if (use.ended) throw use.ended
      use.waits = true
      use.ticks = 0
      try {
        return await client.query(text, values)
      } catch (error) {
        if (!isConnectionSound(error)) use.isBroken = true
        if (isConnectionLost(error)) watch.doubt()
        throw use.ended ?? namedError(error)
      } finally {
        use.waits = false
      }
    }
  }

  return {
    /** Runs work on a connection; limitSeconds is that of each statement. */
    async use<T>(limitSeconds: number, work: (connection: Connection) => Promise<T>): Promise<T> {
      const use = watch.begin(limitSeconds)
      try {
        const client = await connected(use)
        use.client = client
        return await work({ run: running(use, client) })
      } finally {
        watch.finish(use)
        use.client?.release(use.isBroken || use.ended !== undefined)
      }
    },
    /** Work again, on a new connection: what ended one may be about to end the others. */
    renewed<T>(work: () => Promise<T>): Promise<T> {
      dropIdle(pool)
      return work()
    },
    stats: () => ({
      connections: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    async close() {
      watch.stop()
      await pool.end()
    },
  }
}

/** Whether the server answers, to a connection of its own: also when it has none to spare. */
async function reaches(options: pg.ClientConfig): Promise<boolean> {
  const client = new pg.Client({ ...options, connectionTimeoutMillis: 2 * probeMs })
  client.on('error', () => {})
  const answer = client
    .connect()
    .then(() => client.query('select 1'))
    .then(() => true, isServerUp)
  // What has arrived while the event loop was blocked is read before the time counts as over.
  const late = sleep(probeMs, undefined, { ref: false }).then(() => setImmediate(false))
  const reached = await Promise.race([answer, late])
  void client.end()
  return reached
}

/** What an outage left behind may look alive, and would fail the first requests after it. */
function dropIdle(pool: pg.Pool): void {
  for (let left = pool.idleCount; left > 0; left -= 1) {
    pool.connect((_error, _client, release) => release(true))
  }
}
