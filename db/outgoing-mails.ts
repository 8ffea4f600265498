import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'

export interface NewOutgoingMail {
  kind: string
  sealed: string
  /** Seconds. */
  lifetime: number
}

export interface OutgoingMail {
  id: string
  kind: string
  sealed: string
  /** This one counted. */
  attempts: number
  expired: boolean
}

/** More than wait only while nothing leaves and somebody floods. */
const mostWaiting = 10_000

/** Within the transaction of what it tells about, if there is one. False if too many wait. */
export async function insertOutgoingMail(db: Db, mail: NewOutgoingMail): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into outgoing_mails (id, kind, sealed, expires_at)
     select $1, $2, $3, now() + make_interval(secs => $4)
      where (select count(*) from outgoing_mails) < $5`,
    [randomUUID(), mail.kind, mail.sealed, mail.lifetime, mostWaiting],
  )
  return rowCount > 0
}

/**
 * Takes mails that are due, for as long as the lease; a server that dies meanwhile leaves them to the
 * next one. Servers that take at the same time take different ones.
 */
export async function takeOutgoingMails(
  db: Db,
  { most, lease }: { most: number; lease: number },
): Promise<OutgoingMail[]> {
  const { rows } = await db.query<OutgoingMail>(
    `update outgoing_mails
        set attempts = attempts + 1, due_at = now() + make_interval(secs => $2)
      where id in (select id
                     from outgoing_mails
                    where due_at <= now()
                    order by due_at
                    limit $1
                      for update skip locked)
     returning id, kind, sealed, attempts, expires_at <= now() as "expired"`,
    [most, lease],
  )
  return rows
}

export async function postponeOutgoingMail(db: Db, id: string, seconds: number): Promise<void> {
  await db.query(
    `update outgoing_mails
        set due_at = now() + make_interval(secs => $2)
      where id = $1`,
    [id, seconds],
  )
}

export async function deleteOutgoingMail(db: Db, id: string): Promise<void> {
  await db.query('delete from outgoing_mails where id = $1', [id])
}

export interface WaitingMail {
  kind: string
  createdAt: Date
  expiresAt: Date
}

/** All that wait, without taking them, the oldest first. */
export async function listOutgoingMails(db: Db): Promise<(WaitingMail & { sealed: string })[]> {
  const { rows } = await db.query<WaitingMail & { sealed: string }>(
    `select kind, sealed, created_at as "createdAt", expires_at as "expiresAt"
       from outgoing_mails
      order by created_at`,
  )
  return rows
}
