import type { Context } from 'koa'
import { voidAccountChallenges } from '#db/email-challenges.ts'
import { deleteSessionOfAccount, deleteSessionsOfAccount } from '#db/sessions.ts'
import { readForm } from '#web/body.ts'
import type { AccountParts } from './parts.ts'
import type { Visit } from './visit.ts'

/** One browser, or every one but this; apps keep their tokens (A116). */
export function endSessions({
  db,
  audit,
  sessions,
}: Pick<AccountParts, 'db' | 'audit' | 'sessions'>) {
  return async (ctx: Context, { account, done }: Visit): Promise<void> => {
    const one = (await readForm(ctx)).get('session')
    const exceptUid = await sessions.sessionUid(ctx)
    const { id } = account
    await db.transaction(async (tx) => {
      if (one) await deleteSessionOfAccount(tx, id, one)
      else await deleteSessionsOfAccount(tx, id, { exceptUid })
      // What one of those sessions asked for must not come true after it.
      await voidAccountChallenges(tx, id, { purposes: ['change_email'] })
      const who = { actorType: 'user', actorId: id, accountId: id } as const
      await audit(ctx, tx, { kind: 'sessions.ended', ...who, details: { one: Boolean(one) } })
    })
    return done(one ? 'session' : 'sessions')
  }
}
