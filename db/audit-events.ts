import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'

export interface NewAuditEvent {
  /** subject.event, such as app.created or login.failed. */
  kind: string
  actorType: 'user' | 'admin' | 'admin_token' | 'client' | 'system' | 'anonymous'
  actorId?: string | undefined
  accountId?: string | undefined
  /** clients.id */
  clientId?: string | undefined
  requestId?: string | undefined
  ip?: string | undefined
  /** Small facts; never a secret. */
  details?: object | undefined
}

export interface AuditEvent {
  seq: number
  id: string
  at: Date
  kind: string
  actorType: NewAuditEvent['actorType']
  actorId: string | null
  accountId: string | null
  clientId: string | null
  requestId: string | null
  ip: string | null
  details: Record<string, unknown>
}

export interface AuditFilter {
  limit: number
  beforeSeq?: number | undefined
  actor?: string | undefined
  account?: string | undefined
  client?: string | undefined
  kind?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
}

export async function recordEvent(db: Db, event: NewAuditEvent): Promise<void> {
  await db.query(
    `insert into audit_events
       (id, kind, actor_type, actor_id, account_id, client_id, request_id, ip, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      randomUUID(),
      event.kind,
      event.actorType,
      event.actorId ?? null,
      event.accountId ?? null,
      event.clientId ?? null,
      event.requestId ?? null,
      event.ip ?? null,
      JSON.stringify(event.details ?? {}),
    ],
  )
}

/** Newest first. */
export async function listEvents(db: Db, filter: AuditFilter): Promise<AuditEvent[]> {
  const { rows } = await db.query<AuditEvent>(
    `select seq::float8 as "seq", id, at, kind, actor_type as "actorType", actor_id as "actorId",
            account_id as "accountId", client_id as "clientId", request_id as "requestId", ip, details
       from audit_events
      where ($2::bigint is null or seq < $2)
        and ($3::uuid is null or actor_id = $3)
        and ($4::uuid is null or account_id = $4)
        and ($5::uuid is null or client_id = $5)
        and ($6::text is null or kind = $6)
        and ($7::timestamptz is null or at >= $7)
        and ($8::timestamptz is null or at < $8)
      order by seq desc
      limit $1`,
    [
      filter.limit,
      filter.beforeSeq ?? null,
      filter.actor ?? null,
      filter.account ?? null,
      filter.client ?? null,
      filter.kind ?? null,
      filter.since ?? null,
      filter.until ?? null,
    ],
  )
  return rows
}
