import type { Middleware } from 'koa'
import type { Db } from '#db/database.ts'
import { endFamily } from '#db/token-families.ts'
import { notesOf } from './request-notes.ts'

/**
 * A code that comes a second time ends what the first time began (RFC 6749 4.1.2), unless it was
 * the same client, with the right verifier and redirect_uri, within two seconds.
 */
export function codeReuse(db: Db): Middleware {
  return async (ctx, next) => {
    await next()
    const { codeReuse: reuse } = notesOf(ctx)
    if (reuse && !reuse.doubleClick) await endFamily(db, reuse.familyId, 'code_reuse')
  }
}
