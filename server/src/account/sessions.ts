import type { Context } from 'koa'
import { deleteSessionsOfAccount } from '#db/sessions.ts'
import type { AccountParts } from './parts.ts'
import type { Visit } from './visit.ts'

/** Every browser but this one; apps keep their tokens (A116). */
export function endOtherSessions({
  db,
  audit,
  sessions,
}: Pick<AccountParts, 'db' | 'audit' | 'sessions'>) {
  return async (ctx: Context, { account, done }: Visit): Promise<void> => {
    const exceptUid = await sessions.sessionUid(ctx)
    const { id } = account
    await db.transaction(async (tx) => {
      await deleteSessionsOfAccount(tx, id, { exceptUid })
      const who = { actorType: 'user', actorId: id, accountId: id } as const
      await audit(ctx, tx, { kind: 'sessions.ended', ...who })
    })
    return done('sessions')
  }
}
