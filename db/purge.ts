import type { Db } from './database.ts'

/** One batch: how many rows it looked at, how many it removed, and where the next one begins. */
export interface Batch {
  seen: number
  removed: number
  next: string | undefined
}

export interface Purge {
  table: string
  /** Looks at no more than limit rows, in one statement that waits for no other node's. */
  batch(db: Db, limit: number, from?: string): Promise<Batch>
}

/**
 * What each table keeps after the end. An hour: a database whose clock runs ahead by less removes
 * nothing that lives, nor a replay record that a node with a slower clock still needs. Unfinished
 * sign-ups hold names and password hashes, so they leave at once. A month: people may look
 * when a secret or a key ended.
 */
const expiring: [table: string, key: string, keep: string][] = [
  ['access_tokens', 'token_hash', '1 hour'],
  // A spent one is reuse as long as it would have lived; later it is refused like any that expired.
  ['refresh_tokens', 'token_hash', '1 hour'],
  ['sessions', 'session_hash', '1 hour'],
  ['session_devices', 'uid', '1 hour'],
  ['interactions', 'interaction_hash', '1 hour'],
  ['consent_notices', 'link_hash', '1 hour'],
  ['email_challenges', 'id', '0'],
  ['replay_records', 'record_hash', '1 hour'],
  ['client_secrets', 'id', '30 days'],
  ['api_keys', 'id', '30 days'],
]

/** In this order: a family leaves when its tokens have left. The audit trail stays. */
export const purges: readonly Purge[] = [
  ...expiring.map(([table, key, keep]) => ({
    table,
    batch: (db: Db, limit: number, from?: string) =>
      batchOf(db, expiredRows(table, key, keep), [limit, from ?? '-infinity']),
  })),
  { table: 'token_families', batch: (db, limit) => batchOf(db, reviewedFamilies, [limit]) },
]

/**
 * `skip locked` lets several nodes work side by side. The next batch begins where this one ended,
 * or it would walk over the index entries of all rows that were removed before it.
 */
const expiredRows = (table: string, key: string, keep: string) => `
  with due as (
    select ${key}, expires_at
      from ${table}
     where expires_at <= now() - interval '${keep}'
       and expires_at >= $2
     order by expires_at
     limit $1
       for update skip locked
  ), removed as (
    delete from ${table} t
     using due
     where t.${key} = due.${key}
    returning 1
  )
  select (select count(*)::int from due)               as "seen",
         (select count(*)::int from removed)           as "removed",
         (select max(expires_at)::text from due)       as "next"`

/**
 * A family and its code are removed when no token of it is left: until then the code, if it comes
 * again, must end the family (RFC 6749 4.1.2). The others are looked at again when the last of
 * their tokens has ended. `no key update` lets a living family's token requests go on meanwhile.
 */
const reviewedFamilies = `
  with due as (
    select id
      from token_families
     where review_at <= now()
     order by review_at
     limit $1
       for no key update skip locked
  ), found as (
    select due.id,
           greatest((select max(t.expires_at) from authorization_codes t where t.family_id = due.id),
                    (select max(t.expires_at) from access_tokens t where t.family_id = due.id),
                    (select max(t.expires_at) from refresh_tokens t where t.family_id = due.id))
             + interval '1 hour' as over_at,
           exists (select 1 from access_tokens t where t.family_id = due.id)
             or exists (select 1 from refresh_tokens t where t.family_id = due.id) as has_tokens
      from due
  ), removed as (
    delete from token_families f
     using found
     where f.id = found.id
       and not found.has_tokens
       and coalesce(found.over_at, '-infinity') <= now()
    returning 1
  ), kept as (
    update token_families f
       set review_at = greatest(found.over_at, now() + interval '10 minutes')
      from found
     where f.id = found.id
       and (found.has_tokens or found.over_at > now())
  )
  select (select count(*)::int from due)     as "seen",
         (select count(*)::int from removed) as "removed"`

async function batchOf(db: Db, statement: string, values: unknown[]): Promise<Batch> {
  const { rows } = await db.query<Omit<Batch, 'next'> & { next?: string | null }>(statement, values)
  const { seen = 0, removed = 0, next } = rows[0] ?? {}
  return { seen, removed, next: next ?? undefined }
}

/** The embedded database vacuums nothing by itself: without this, removed rows' space stays lost. */
export async function reclaim(db: Db, table: string): Promise<void> {
  await db.query(`vacuum (analyze) ${table}`)
}
