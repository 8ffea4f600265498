import type { Context } from 'koa'
import type { Login } from './parts.ts'
import { goOn, placeOf } from './place.ts'

/** Ends the session here; apps that were allowed keep their tokens. */
export async function signOut(ctx: Context, login: Login): Promise<void> {
  await end(ctx, login)
  return goOn(ctx, '/login')
}

/** The same request goes on with whoever signs in next. */
export async function useAnotherAccount(ctx: Context, login: Login): Promise<void> {
  const place = await placeOf(ctx, login)
  await end(ctx, login)
  // With the hint of the browser, if it gave one.
  return goOn(ctx, `${place.base}/login${ctx.search}`)
}

async function end(ctx: Context, { db, audit, sessions }: Login): Promise<void> {
  const id = await sessions.accountId(ctx)
  if (!id) return
  await sessions.signOut(ctx)
  await audit(ctx, db, { kind: 'logout', actorType: 'user', actorId: id, accountId: id })
}
