import type pg from 'pg'
import { cancelStatement } from './cancel-statement.ts'
import { DatabaseUnavailable } from './database-errors.ts'

/** Somebody who waits for a connection and then, again and again, for the answer to a statement. */
export interface Use {
  client?: pg.PoolClient | undefined
  /** The connection may not be used by anybody else. */
  isBroken: boolean
  /** false while a transaction's own code runs between two statements. */
  waits: boolean
  ticks: number
  readonly limit: number
  /** Set when the watch gave up on it. */
  ended?: DatabaseUnavailable
  /** Ends the waiting for a connection. */
  reject?: ((error: DatabaseUnavailable) => void) | undefined
}

interface WatchParts {
  /** Whether the server answers a connection of its own, in about a second. */
  reaches(): Promise<boolean>
  /** Connections that nobody uses may be dead too. */
  onDeadConnections(): void
  onNotice(line: string): void
}

const tickMs = 250
const ticksOf = (seconds: number) => Math.ceil((seconds * 1000) / tickMs)
/** Longer than most statements take. */
const stalled = ticksOf(0.75)
const asksAgain = ticksOf(1)
/** What a statement that was cancelled has to say so. */
const grace = ticksOf(1)

/**
 * Keeps time for everything that waits for the database, and notices an outage. When something has
 * waited for long, or a connection broke, it asks the server by a connection of its own; when that
 * fails too, the database is away: whatever waits is told at once, and so is whatever comes, until
 * the server answers again. So an outage of any kind is told within two seconds.
 *
 * Time is counted in turns of one timer and not by a clock: an event loop that was blocked itself
 * gets to read what has arrived before anything counts as late.
 */
export function watchConnections({ reaches, onDeadConnections, onNotice }: WatchParts) {
  const uses = new Set<Use>()
  let isAway = false
  let asking = false

  function tick(): void {
    let late = false
    for (const use of uses) {
      if (!use.waits) continue
      use.ticks += 1
      late ||= use.ticks >= stalled && (use.ticks - stalled) % asksAgain === 0
      if (use.ticks === use.limit) cancelStatement(use.client)
      if (use.ticks === use.limit + grace) giveUp(use)
    }
    if (late || isAway) doubt()
  }

  /** Not even its cancellation was heard of, so the far side of the connection is gone. */
  function giveUp(use: Use): void {
    end(use, 'a statement took too long')
    onDeadConnections()
  }

  /** Something looks like an outage. */
  function doubt(): void {
    if (asking) return
    asking = true
    void reaches().then((answers) => {
      asking = false
      if (answers === isAway) note(!answers)
    })
  }

  function note(away: boolean): void {
    isAway = away
    onNotice(away ? 'The database does not answer' : 'The database answers again')
    if (!away) return
    for (const use of uses) end(use, 'it is away')
    onDeadConnections()
  }

  const timer = setInterval(tick, tickMs)
  timer.unref()
  return {
    /** Adds what begins to wait now. Throws while the database is away. */
    begin(limitSeconds: number): Use {
      if (isAway) throw new DatabaseUnavailable('it is away')
      const use: Use = { waits: true, isBroken: false, ticks: 0, limit: ticksOf(limitSeconds) }
      uses.add(use)
      return use
    },
    finish: (use: Use) => void uses.delete(use),
    doubt,
    stop: () => clearInterval(timer),
  }
}

function end(use: Use, why: string): void {
  use.ended ??= new DatabaseUnavailable(why)
  use.reject?.(use.ended)
  // With a statement under way this breaks the connection, and so fails the statement.
  if (use.waits) void use.client?.end()
}
