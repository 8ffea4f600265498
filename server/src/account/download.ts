import type { Context } from 'koa'
import { listApiKeys } from '#db/api-keys.ts'
import { listEvents } from '#db/audit-events.ts'
import { listConnectedApps } from '#db/connected-apps.ts'
import { listDevices } from '#db/session-devices.ts'
import type { AccountParts } from './parts.ts'
import type { Visit } from './visit.ts'

const mostEvents = 10_000

/** Everything that is kept about the person, for the person (GDPR 15 and 20). No secret is in it. */
export function downloadData({ db, audit }: Pick<AccountParts, 'db' | 'audit'>) {
  return async (ctx: Context, { account }: Visit): Promise<void> => {
    const { id, email, name, timezone, roles, createdAt, emailVerifiedAt, locale } = account
    const who = { actorType: 'user', actorId: id, accountId: id } as const
    await audit(ctx, db, { kind: 'account.exported', ...who })
    const events = await listEvents(db, { limit: mostEvents, account: id })
    ctx.attachment('autogpt-account.json')
    ctx.body = {
      exported_at: new Date(),
      account: {
        id,
        email,
        email_verified_at: emailVerifiedAt,
        name,
        timezone,
        locale,
        roles,
        created_at: createdAt,
        password_changed_at: account.passwordChangedAt,
      },
      connected_apps: await listConnectedApps(db, id),
      api_keys: await listApiKeys(db, id),
      sessions: (await listDevices(db, id)).map(({ uid: _, ...device }) => device),
      events: events.map(({ at, kind, ip, details }) => ({ at, kind, ip, details })),
    }
  }
}
