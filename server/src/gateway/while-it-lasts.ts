import type { Context } from 'koa'
import { ApiError } from './errors.ts'

const tickMs = 100
/** Every so many ticks of its own a call is looked at, so that a revoked one ends within a second. */
const every = 8

interface UnderWay {
  ctx: Context
  check(): Promise<unknown>
  ticks: number
}

/**
 * Looks at the credential of a long call (an upload, a download, events) again and again, from its
 * beginning: what was revoked or narrowed in the meantime gets no more of it (A173). A database that
 * is away ends nothing. One clock for all of them, and a call that is over by its first look costs
 * no more than a place in a set.
 */
export function whileItLasts() {
  const underWay = new Set<UnderWay>()
  let clock: NodeJS.Timeout | undefined

  function tick(): void {
    if (underWay.size === 0) {
      clearInterval(clock)
      clock = undefined
    }
    for (const call of underWay) {
      call.ticks += 1
      if (call.ticks % every === 0) look(call)
    }
  }

  return (ctx: Context, check: () => Promise<unknown>): void => {
    const call = { ctx, check, ticks: 0 }
    underWay.add(call)
    ctx.res.once('close', () => underWay.delete(call))
    clock ??= setInterval(tick, tickMs).unref()
  }
}

function look({ ctx, check }: UnderWay): void {
  check().catch((error) => {
    const isOver = error instanceof ApiError && (error.status === 401 || error.status === 403)
    if (isOver) ctx.res.destroy()
  })
}
