import type { Db } from './database.ts'

/**
 * True the first time. Of many at the same time, on any number of nodes, exactly one gets it: the
 * row's key decides. A record that is over but still there refuses too, which is the safe side
 * where a node's clock is behind the database's. expiresAt is in seconds since the epoch.
 */
export async function rememberOnce(
  db: Db,
  recordHash: Buffer,
  expiresAt: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into replay_records (record_hash, expires_at)
     values ($1, to_timestamp($2))
     on conflict do nothing`,
    [recordHash, expiresAt],
  )
  return rowCount > 0
}
