import type { Db } from './database.ts'

/** Calls per minute of the clients that have a limit of their own, by client_id. */
export async function clientCallLimits(db: Db): Promise<Map<string, number>> {
  const { rows } = await db.query<{ clientId: string; limit: number }>(
    `select client_id as "clientId", requests_per_minute as "limit"
       from clients
      where requests_per_minute is not null`,
  )
  return new Map(rows.map(({ clientId, limit }) => [clientId, limit]))
}

/** Whether an enabled client registered this origin for its browsers. */
export async function isRegisteredOrigin(db: Db, origin: string): Promise<boolean> {
  const { rows } = await db.query(
    'select from clients where allowed_origins @> array[$1]::text[] and disabled_at is null limit 1',
    [origin],
  )
  return rows.length > 0
}

/** What rate-limiter-flexible asks of a pool; without its names, which PgBouncer cannot keep. */
export const limiterStore = (db: Db) => ({
  query: ({ text, values }: { text: string; values?: unknown[] }) => db.query(text, values),
})
