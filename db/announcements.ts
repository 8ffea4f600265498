import { once } from 'node:events'
import pg from 'pg'

const channel = 'autogpt_sso_taken_away'
/** Milliseconds between two attempts to listen. */
const againMs = 2_000

export interface Announcements {
  /** Tells every node, this one too. What is asked while one is on its way leaves as one. */
  send(): void
  /** Also connects: nothing is sent before. */
  listen(onHeard: () => void): void
  close(): Promise<void>
}

/**
 * "Something was taken away", from node to node by LISTEN and NOTIFY, on a connection of its own: no
 * request waits for it and it takes none from the pool. What is asked while that is down leaves when it
 * is back. Only a hint, for what is remembered is short-lived anyway: PgBouncer in transaction mode
 * takes the LISTEN and never delivers (docs/operate.md).
 *
 * @param databaseUrl undefined: there are no other nodes.
 */
export function announcements(databaseUrl: string | undefined): Announcements {
  let isAsked = false
  /** Until all that is asked has left, or cannot. */
  let sending: Promise<void> | undefined
  /** Listening, so ready to send. */
  let client: pg.Client | undefined
  let closeLast = async () => {}
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  function send(): void {
    sending ??= sendAll().finally(() => {
      sending = undefined
      if (isAsked && client) send()
    })
  }

  async function sendAll(): Promise<void> {
    while (isAsked && client) {
      isAsked = false
      const mine = client
      await mine.query('select pg_notify($1, $2)', [channel, '']).catch(() => {
        isAsked = true
        // Whether it is slow or gone, another one is made.
        if (client === mine) client = undefined
        void mine.end().catch(() => {})
      })
    }
  }

  async function listen(onHeard: () => void): Promise<void> {
    const mine = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'autogpt-sso',
      connectionTimeoutMillis: againMs,
      query_timeout: againMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 5_000,
    })
    closeLast = () => mine.end().catch(() => {})
    mine.on('notification', onHeard)
    mine.on('error', () => {})
    try {
      await mine.connect()
      await mine.query(`listen ${channel}`)
      client = mine
      onHeard()
      send()
      await once(mine, 'end')
    } catch {
      await closeLast()
    }
    client = undefined
    // What was said meanwhile was missed.
    onHeard()
    if (!isClosed) timer = setTimeout(() => void listen(onHeard), againMs).unref()
  }

  return {
    send() {
      isAsked = databaseUrl !== undefined
      send()
    },
    listen: (onHeard) => {
      if (databaseUrl) void listen(onHeard)
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      // What the last requests took away is told as well.
      await sending
      client = undefined
      await closeLast()
    },
  }
}
