import { once } from 'node:events'
import pg from 'pg'
import type { Db } from './database.ts'

const channel = 'autogpt_sso_taken_away'
/** Milliseconds between two attempts to listen. */
const againMs = 2_000

export interface Announcements {
  /** Tells every node, this one too. What is asked while one is on its way leaves with the next. */
  send(): void
  listen(onHeard: () => void): void
  close(): Promise<void>
}

interface AnnouncementParts {
  db: Db
  /** undefined: there are no other nodes. */
  databaseUrl: string | undefined
}

/**
 * "Something was taken away", from node to node by LISTEN and NOTIFY, on a connection of its own that
 * keeps listening. Only a hint, for what is remembered is short-lived anyway: PgBouncer in
 * transaction mode takes the LISTEN and never delivers (docs/operate.md).
 */
export function announcements({ db, databaseUrl }: AnnouncementParts): Announcements {
  let isSending = false
  let isAsked = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function send(): Promise<void> {
    isAsked = true
    if (!databaseUrl || isSending) return
    isSending = true
    while (isAsked && !isClosed) {
      isAsked = false
      // A database that is away says nothing good about anybody's token either.
      await db.query('select pg_notify($1, $2)', [channel, '']).catch(() => {})
    }
    isSending = false
  }

  async function listen(onHeard: () => void): Promise<void> {
    const mine = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'autogpt-sso',
      connectionTimeoutMillis: againMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    })
    client = mine
    mine.on('notification', onHeard)
    mine.on('error', () => {})
    try {
      await mine.connect()
      await mine.query(`listen ${channel}`)
      onHeard()
      await once(mine, 'end')
    } catch {
      await mine.end().catch(() => {})
    }
    // What was said meanwhile was missed.
    onHeard()
    if (!isClosed) timer = setTimeout(() => void listen(onHeard), againMs).unref()
  }

  return {
    send: () => void send(),
    listen: (onHeard) => {
      if (databaseUrl) void listen(onHeard)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    },
  }
}
