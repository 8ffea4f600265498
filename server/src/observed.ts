import type { Context } from 'koa'
import type { Logger } from 'pino'
import type { Metrics } from './observability/metrics.ts'
import { routeLabels } from './observability/route-label.ts'
import { providerPaths } from './provider/mount.ts'
import { notesOf } from './provider/request-notes.ts'

/** What is said and counted of each request, whichever feature answered it. */
export function observed(log: Logger, metrics: Metrics) {
  return {
    log,
    routeLabel: routeLabels([...providerPaths, '/assets/:name']),
    onAnswered: metrics.request,
    errorOf: (ctx: Context): Error | undefined => ctx.state.error ?? notesOf(ctx).error,
  }
}
