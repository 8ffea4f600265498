import type { Db } from './database.ts'

/** false: a replica, or a database that was set read-only, such as one whose disk is nearly full. */
export async function isWritable(db: Db): Promise<boolean> {
  const { rows } = await db.query<{ readOnly: boolean }>(
    `select pg_is_in_recovery() or current_setting('transaction_read_only')::boolean as "readOnly"`,
  )
  return rows[0]?.readOnly === false
}
