import { z } from 'zod'
import { type AuditEvent, listEvents } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import { timestamp, uuid } from '#web/text-schemas.ts'
import { defineOperation, type Operation } from './operation.ts'
import { encodeCursor, listOf, pageOf, pageQuery, readSequence } from './paging.ts'

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const query = z.strictObject({
  ...pageQuery,
  actor: uuid.optional().meta({ description: 'Id of the user or app that did it.' }),
  app: uuid.optional().meta({ description: 'Id of the app that it was done to.' }),
  user: uuid.optional().meta({ description: 'Id of the user that it was done to.' }),
  kind: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)*$/, 'Give a kind such as app.created.')
    .max(100)
    .optional(),
  since: time.optional().meta({ override: { type: 'string', format: 'date-time' } }),
  until: time.optional().meta({ override: { type: 'string', format: 'date-time' } }),
})

const auditEvent = z
  .object({
    id: uuid,
    at: timestamp,
    kind: z.string().meta({ examples: ['app.created', 'user.disabled'] }),
    actor_type: z.string(),
    actor: uuid.nullable(),
    user: uuid.nullable(),
    app: uuid.nullable(),
    request_id: z.string().nullable(),
    ip: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' })

export function auditOperations({ db }: { db: Db }): Operation[] {
  return [
    defineOperation({
      id: 'listAuditEvents',
      method: 'get',
      path: '/api/admin/audit',
      tag: 'Audit',
      summary: 'What happened, newest first',
      query,
      answer: { status: 200, description: 'A page of events.', schema: listOf(auditEvent) },
      run: async ({ query: { limit, cursor, app, user, ...filter } }) => {
        const rows = await listEvents(db, {
          ...filter,
          account: user,
          client: app,
          limit: limit + 1,
          beforeSeq: readSequence(cursor),
        })
        return pageOf(rows, limit, { item: eventAnswer, cursor: ({ seq }) => encodeCursor([seq]) })
      },
    }),
  ]
}

const eventAnswer = (event: AuditEvent) => ({
  id: event.id,
  at: event.at.toISOString(),
  kind: event.kind,
  actor_type: event.actorType,
  actor: event.actorId,
  user: event.accountId,
  app: event.clientId,
  request_id: event.requestId,
  ip: event.ip,
  details: event.details,
})
