import type { Context } from 'koa'
import { isForeign } from './csrf.ts'
import { Problem } from './problem.ts'

/** A cookie goes along with whatever a foreign page sends; only our own pages may use it (A159). */
export function refuseForeign(ctx: Context, issuer: string): void {
  const isSafe = ctx.method === 'GET' || ctx.method === 'HEAD'
  const isSigned = ctx.get('sec-fetch-site') === 'same-origin' || ctx.get('origin') === issuer
  if (isForeign(ctx, issuer) || !(isSafe || isSigned)) {
    throw new Problem(403, 'foreign-origin', 'A session may be used from our own pages only.')
  }
}
