import type { Db } from './database.ts'

/** What can be presented: after a restore nobody knows which of it had been revoked or used up. */
const presentable = [
  'token_families',
  'authorization_codes',
  'access_tokens',
  'refresh_tokens',
  'sessions',
  'session_devices',
  'interactions',
  // A revoked one has no row, and the backup brings it back.
  'api_keys',
  'email_challenges',
  'consent_notices',
  // Their links and codes went with the line above.
  'outgoing_mails',
]
const allowed = ['consents', 'consent_scopes']

/**
 * Begins a new epoch: nothing issued before is worth anything. One statement, which takes as long
 * for a hundred million rows as for ten; requests under way wait for it and then find nothing.
 * Replay records stay, since they only ever refuse.
 */
export async function beginEpoch(db: Db, { consents }: { consents: boolean }): Promise<void> {
  await db.query(`truncate ${[...presentable, ...(consents ? allowed : [])].join(', ')}`)
}

/** When something last happened here: as old is the backup. */
export async function lastEventAt(db: Db): Promise<Date | undefined> {
  const { rows } = await db.query<{ at: Date }>(
    `select at
       from audit_events
      order by seq desc
      limit 1`,
  )
  return rows[0]?.at
}

/** Servers that work with this database at the moment, behind PgBouncer perhaps a while ago. */
export async function connectedServers(db: Db): Promise<number> {
  const { rowCount } = await db.query(
    `select 1
       from pg_stat_activity
      where datname = current_database()
        and application_name = 'autogpt-sso'
        and pid <> pg_backend_pid()`,
  )
  return rowCount
}
