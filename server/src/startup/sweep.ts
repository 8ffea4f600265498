import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Database } from '#db/database.ts'
import { type Purge, purges, reclaim } from '#db/purge.ts'

export interface SweepOptions {
  db: Database
  log: Pick<Logger, 'info' | 'debug' | 'warn'>
  signal?: AbortSignal | undefined
  /** How many rows a batch looks at. */
  rows?: number
}

/** The embedded database has one connection: while it removes, everybody waits. */
const batchRows = { postgres: 1000, pglite: 200 }

/** Removes what has expired, table by table, and says how many rows of each. */
export async function sweep(options: SweepOptions): Promise<Record<string, number>> {
  const { db, log } = options
  const began = performance.now()
  const removed: Record<string, number> = {}
  for (const purge of purges) {
    try {
      const count = await sweepTable(purge, options)
      if (count === 0) continue
      removed[purge.table] = count
      if (db.engine === 'pglite') await reclaim(db, purge.table)
    } catch (err) {
      log.warn({ err, table: purge.table }, 'expired rows were not removed')
    }
  }
  const ms = Math.round(performance.now() - began)
  const level = Object.keys(removed).length > 0 ? 'info' : 'debug'
  log[level]({ removed, ms }, 'expired rows removed')
  return removed
}

/** Rests as long as it worked, so that it never takes more than half of a connection. */
async function sweepTable(purge: Purge, options: SweepOptions): Promise<number> {
  const { db, signal, rows = batchRows[db.engine] } = options
  let removed = 0
  let from: string | undefined
  while (!signal?.aborted) {
    const began = performance.now()
    const batch = await purge.batch(db, rows, from)
    removed += batch.removed
    // Fewer than asked for: what is left is in the hands of another node.
    if (batch.seen < rows) break
    from = batch.next
    await rest(performance.now() - began, { signal })
  }
  return removed
}

interface RegularSweepOptions {
  db: Database
  log: Logger
  onSwept?: (removed: Record<string, number>) => void
}

const tenMinutes = 10 * 60 * 1000

/** Sweeps every ten minutes or so, never all nodes at once. stop: waits for a running batch. */
export function sweepRegularly(
  { db, log, onSwept = () => {} }: RegularSweepOptions,
  every = tenMinutes,
): { stop(): Promise<void> } {
  const ending = new AbortController()
  const { signal } = ending
  const run = async () => {
    await rest((every / 10) * Math.random(), { signal, ref: false })
    while (!signal.aborted) {
      onSwept(await sweep({ db, log, signal }))
      await rest(every * (0.8 + 0.4 * Math.random()), { signal, ref: false })
    }
  }
  const running = run()
  return {
    async stop() {
      ending.abort()
      await running
    },
  }
}

/** Ends early, and without a word, when it is stopped. Waiting for the next sweep keeps no process. */
function rest(
  ms: number,
  { signal, ref = true }: { signal: AbortSignal | undefined; ref?: boolean },
): Promise<void> {
  return sleep(ms, undefined, { ref, ...(signal ? { signal } : {}) }).catch(() => {})
}
