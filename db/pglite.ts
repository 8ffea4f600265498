import { type PGlite, type Transaction, types } from '@electric-sql/pglite'
import type { Database, Result } from './database.ts'
import { namedError } from './database-errors.ts'
import { assertNotWaiting, type Run, whileWaiting, withinTransaction } from './transaction.ts'

/** PostgreSQL in this process, on one connection. */
export function pgliteDatabase(pglite: PGlite, onClose = () => {}): Database {
  let statements = 0
  let running = 0
  const inLine = async <T>(work: () => Promise<T>): Promise<T> => {
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
    }
  }
  const counted = (run: Run): Run => {
    return (text, values) => {
      statements += 1
      return run(text, values)
    }
  }
  const db: Database = {
    engine: 'pglite',
    async query<Row>(text: string, values?: unknown[]) {
      assertNotWaiting(db)
      return inLine(() => counted(runOn(pglite))(text, values) as Promise<Result<Row>>)
    },
    // begin and commit as queries would let other requests join the transaction.
    async transaction(work) {
      assertNotWaiting(db)
      statements += 2
      const inOne = () => pglite.transaction((tx) => withinTransaction(counted(runOn(tx)), work))
      return whileWaiting(db, () =>
        inLine(() =>
          inOne().catch((error) => {
            throw namedError(error)
          }),
        ),
      )
    },
    stats: () => ({
      statements,
      connections: 1,
      idle: running === 0 ? 1 : 0,
      waiting: Math.max(running - 1, 0),
    }),
    async close() {
      await pglite.close()
      onClose()
    },
  }
  return db
}

/** Gives bytea as a Buffer, as pg does, where PGlite itself would give a Uint8Array. */
export const parsers = { [types.BYTEA]: (text: string) => Buffer.from(text.slice(2), 'hex') }

function runOn(target: PGlite | Transaction): Run {
  return async (text, values) => {
    try {
      const result = values ? await target.query(text, values) : (await target.exec(text)).at(-1)
      return { rows: result?.rows ?? [], rowCount: result?.rowCount ?? 0 }
    } catch (error) {
      throw namedError(error)
    }
  }
}
