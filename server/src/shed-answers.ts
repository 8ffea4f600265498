import type { Context } from 'koa'
import { Problem } from '#web/problem.ts'

const retryAfter = '2'
const text = 'the service is briefly overloaded; try again'

/** Says come again, in the words of whoever is asked (contract, sections 3 and 7). */
export function answerShed(ctx: Context): void {
  const body = programBody(ctx.path)
  if (!body) {
    throw new Problem(503, 'busy', 'Too many requests at this moment. Try again in a moment.', {
      headers: { 'Retry-After': retryAfter },
    })
  }
  ctx.status = 503
  ctx.set('Retry-After', retryAfter)
  ctx.body = body
}

const oauthEndpoint = /^\/api\/oauth\/(token|introspect|revoke|userinfo|par|device|register)$/

function programBody(path: string): object | undefined {
  if (oauthEndpoint.test(path)) {
    return { error: 'temporarily_unavailable', error_description: text, detail: text }
  }
  if (path.startsWith('/external-api/v1/')) return { detail: text }
  if (path.startsWith('/external-api/v2/')) {
    return { error: { code: 'service_unavailable', message: text, details: null } }
  }
  return undefined
}
