import { AsyncLocalStorage } from 'node:async_hooks'
import type { Db, Result } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'

export type Run = (text: string, values?: unknown[]) => Promise<Result<unknown>>

// Which Dbs wait, further up this async path, for a transaction of theirs to end.
const waiting = new AsyncLocalStorage<Set<Db>>()

/** Refuses what would deadlock on one connection, or silently leave the transaction on many. */
export function assertNotWaiting(db: Db): void {
  if (waiting.getStore()?.has(db)) {
    throw new Error('A transaction is open here: query through what transaction() handed in')
  }
}

/** Runs work while db waits for it. */
export async function whileWaiting<T>(db: Db, work: () => Promise<T>): Promise<T> {
  const dbs = new Set([...(waiting.getStore() ?? []), db])
  try {
    return await waiting.run(dbs, work)
  } finally {
    // What work left running, such as a timer, is free to use db again.
    dbs.clear()
  }
}

/** Runs work on one connection between a begin and a commit that are the caller's. */
export async function withinTransaction<T>(run: Run, work: (tx: Db) => Promise<T>): Promise<T> {
  let aborted: unknown
  const noted: Run = async (text, values) => {
    try {
      return await run(text, values)
    } catch (error) {
      aborted ??= error
      throw error
    }
  }
  const db = savepointDb(noted, () => {
    aborted = undefined
  })
  const result = await work(db)
  // PostgreSQL answers the commit of an aborted transaction with a quiet rollback.
  if (aborted instanceof DatabaseUnavailable) throw aborted
  if (aborted) throw new Error('A failed statement undid this transaction', { cause: aborted })
  return result
}

function savepointDb(run: Run, onRollback: () => void): Db {
  let last: Promise<unknown> = Promise.resolve()
  // One after the other, or savepoints of parallel calls would release one another.
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    assertNotWaiting(db)
    const turn = last.then(work, work)
    last = turn.catch(() => {})
    return turn
  }
  const db: Db = {
    query: <Row>(text: string, values?: unknown[]) =>
      inTurn(() => run(text, values) as Promise<Result<Row>>),
    transaction: (work) =>
      inTurn(() => whileWaiting(db, () => inSavepoint({ run, onRollback }, work))),
  }
  return db
}

interface Connection {
  run: Run
  onRollback: () => void
}

async function inSavepoint<T>(
  { run, onRollback }: Connection,
  work: (tx: Db) => Promise<T>,
): Promise<T> {
  await run('savepoint nested')
  try {
    const result = await work(savepointDb(run, onRollback))
    await run('release savepoint nested')
    return result
  } catch (error) {
    await run('rollback to savepoint nested; release savepoint nested')
    onRollback()
    throw error
  }
}
