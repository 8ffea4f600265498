import type { Context } from 'koa'
import { type NewAuditEvent, recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'

export type RequestEvent = Omit<NewAuditEvent, 'requestId' | 'ip'>

/** Writes what happened, in the caller's transaction, with the request it happened in. */
export function audit(ctx: Context, db: Db, event: RequestEvent): Promise<void> {
  return recordEvent(db, { ...event, requestId: ctx.state.requestId, ip: ctx.ip })
}
