import type { Db } from './database.ts'
import { isText } from './values.ts'

export interface StoredSession {
  uid: string
  accountId: string | undefined
  /** Seconds since the epoch. */
  signedInAt: number | undefined
  acr: string | undefined
  amr: string[] | undefined
  transient: boolean
  authorizations: Record<string, unknown>
  /** JWE. */
  pendingLogout: string | undefined
  /** Seconds that it has from now on. */
  lifetime: number
}

export async function saveSession(
  db: Db,
  sessionHash: Buffer,
  session: StoredSession,
): Promise<void> {
  await db.query(
    `insert into sessions
       (session_hash, uid, account_id, signed_in_at, acr, amr, transient, authorizations,
        pending_logout, expires_at)
     values ($1, $2, $3, to_timestamp($4), $5, $6, $7, $8, $9,
             now() + make_interval(secs => $10))
     on conflict (session_hash) do update
       set account_id = excluded.account_id, signed_in_at = excluded.signed_in_at,
           acr = excluded.acr, amr = excluded.amr, transient = excluded.transient,
           authorizations = excluded.authorizations, pending_logout = excluded.pending_logout,
           expires_at = excluded.expires_at`,
    [
      sessionHash,
      session.uid,
      session.accountId ?? null,
      session.signedInAt ?? null,
      session.acr ?? null,
      session.amr ?? null,
      session.transient,
      JSON.stringify(session.authorizations),
      session.pendingLogout ?? null,
      session.lifetime,
    ],
  )
}

export type FoundSession = StoredSession & { createdAt: number }

/** A session within its limits whose person, if any, is not disabled. */
export function findSession(db: Db, sessionHash: Buffer): Promise<FoundSession | undefined> {
  return findLive(db, 's.session_hash = $1', sessionHash)
}

/** The same by what stays when the cookie is renewed. */
export function findSessionByUid(db: Db, uid: string): Promise<FoundSession | undefined> {
  return findLive(db, 's.uid = $1', uid)
}

async function findLive(
  db: Db,
  condition: string,
  value: Buffer | string,
): Promise<FoundSession | undefined> {
  const { rows } = await db.query<FoundSession>(
    `select s.uid, s.account_id as "accountId",
            extract(epoch from s.signed_in_at)::int as "signedInAt",
            s.acr, s.amr, s.transient, s.authorizations, s.pending_logout as "pendingLogout",
            extract(epoch from s.created_at)::int as "createdAt",
            extract(epoch from s.expires_at - now())::int as "lifetime"
       from sessions s
       left join accounts a on a.id = s.account_id
      where ${condition}
        and s.expires_at > now()
        and a.disabled_at is null
      order by s.created_at desc
      limit 1`,
    [value],
  )
  return rows[0]
}

export async function deleteSession(db: Db, sessionHash: Buffer): Promise<void> {
  await db.query('delete from sessions where session_hash = $1', [sessionHash])
}

/** Ends a session for good, with every row that tabs renewing at once may have left. */
export async function deleteSessionsByUid(db: Db, uid: string): Promise<void> {
  await db.query('delete from sessions where uid = $1', [uid])
}

/** Ends one session of a person; false: they have none of that uid. */
export async function deleteSessionOfAccount(
  db: Db,
  accountId: string,
  uid: string,
): Promise<boolean> {
  if (!isText(uid)) return false
  const { rowCount } = await db.query('delete from sessions where account_id = $1 and uid = $2', [
    accountId,
    uid,
  ])
  return rowCount > 0
}

/** Signs a person out everywhere, except in the session that asks, if given. */
export async function deleteSessionsOfAccount(
  db: Db,
  accountId: string,
  { exceptUid }: { exceptUid?: string | undefined } = {},
): Promise<number> {
  const { rowCount } = await db.query(
    'delete from sessions where account_id = $1 and uid is distinct from $2',
    [accountId, exceptUid ?? null],
  )
  return rowCount
}
