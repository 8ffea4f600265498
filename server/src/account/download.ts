import type { Context } from 'koa'
import type { Account } from '#db/accounts.ts'
import { listApiKeys } from '#db/api-keys.ts'
import { type AuditEvent, listEvents } from '#db/audit-events.ts'
import { listClientSecrets } from '#db/client-secrets.ts'
import { listClients } from '#db/clients.ts'
import { listConnectedApps } from '#db/connected-apps.ts'
import type { Db } from '#db/database.ts'
import { listKeptSessions, listMailedProofs, listSignInsToApps } from '#db/personal-data.ts'
import { wireNamed } from '#web/wire.ts'
import type { AccountParts } from './parts.ts'
import type { Visit } from './visit.ts'

const mostEvents = 10_000
const mostApps = 1_000

type Parts = Pick<AccountParts, 'db' | 'audit' | 'mailer' | 'throttle'>

/**
 * Everything that is kept about the person, for the person (GDPR 15 and 20). No secret is in it.
 * Asked for by a form of ours: a link of another site would cost ten thousand rows a click.
 */
export function downloadData({ db, audit, mailer, throttle }: Parts) {
  return async (ctx: Context, { account, locale, again }: Visit): Promise<void> => {
    const { id } = account
    const wait = await throttle.take('download', id)
    if (wait !== undefined) {
      ctx.set('Retry-After', String(wait))
      const message = locale.messages.login.errors.tooMany(wait)
      return again([{ field: '', message }], { status: 429 })
    }
    const who = { actorType: 'user', actorId: id, accountId: id } as const
    await audit(ctx, db, { kind: 'account.exported', ...who })
    const { passwordHash: _, emailKey: __, disabledAt: ___, ...profile } = account
    const kept = wireNamed({
      exportedAt: new Date(),
      account: profile,
      // These are what the browser's own dialog (FedCM) is told of as well, with name and address.
      connectedApps: await listConnectedApps(db, id),
      signInsToApps: await listSignInsToApps(db, id),
      apiKeys: await listApiKeys(db, id),
      sessions: await listKeptSessions(db, id),
      ownApps: await ownApps(db, id),
      mailedLinksAndCodes: await listMailedProofs(db, account),
      waitingMails: await mailer.waitingFor(account.email),
    }) as object
    ctx.attachment('autogpt-account.json')
    ctx.body = { ...kept, events: await eventsOf(db, id) }
  }
}

async function ownApps(db: Db, ownerId: Account['id']) {
  const clients = await listClients(db, { limit: mostApps, ownerId })
  return Promise.all(
    clients.map(async ({ ownerId: _, ...client }) => ({
      ...client,
      secrets: await listClientSecrets(db, client.id),
    })),
  )
}

/** What was done to the person's account and by it; details are as they were written. */
async function eventsOf(db: Db, id: string) {
  const limit = mostEvents
  const [done, suffered] = [
    await listEvents(db, { limit, actor: id }),
    await listEvents(db, { limit, account: id }),
  ]
  const events = new Map([...done, ...suffered].map((event) => [event.seq, event]))
  return [...events.values()].sort((one, two) => two.seq - one.seq).map(eventAnswer)
}

// From where an administrator worked is no business of this person's.
const eventAnswer = ({ at, kind, actorType, ip, requestId, details }: AuditEvent) => ({
  at,
  kind,
  by: actorType,
  ip: /^admin/.test(actorType) ? null : ip,
  request_id: requestId,
  details,
})
