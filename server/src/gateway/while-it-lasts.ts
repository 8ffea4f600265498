import type { Context } from 'koa'
import { ApiError } from './errors.ts'

const everyMs = 1_000

/**
 * Looks at the credential of a long answer (a download, events) again each second: what was revoked
 * or narrowed in the meantime gets no more of it (A173). A database that is away ends nothing.
 */
export function whileItLasts(ctx: Context, check: () => Promise<unknown>): void {
  const timer = setInterval(() => {
    check().catch((error) => {
      const isOver = error instanceof ApiError && (error.status === 401 || error.status === 403)
      if (isOver) ctx.res.destroy()
    })
  }, everyMs)
  timer.unref()
  ctx.res.once('close', () => clearInterval(timer))
}
