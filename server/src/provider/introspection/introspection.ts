import type { Context, Middleware } from 'koa'
import type { Credentials, Introspected } from '#db/credentials.ts'
import { DatabaseUnavailable } from '#db/database-errors.ts'
import { answerOutage } from '../answers.ts'
import { hexHash } from '../credentials.ts'
import { notesOf } from '../request-notes.ts'
import { routes } from '../routes.ts'
import { answerTo } from './answer.ts'
import { fieldsOf } from './body.ts'
import { questionOf } from './question.ts'

export interface IntrospectionParts {
  issuer: string
  credentials: Credentials
  log: { error(fields: object, message: string): void }
}

/**
 * Introspection is what resource servers do at every request of theirs, so what nearly all of them
 * send is answered here, in one statement. It only ever says yes or "not active" to a client that
 * proved itself; everything else goes on to the library behind it, whose rules these are, so that
 * every error is its own. introspection-differential.test.ts holds the two against each other.
 */
export function introspection({ issuer, credentials, log }: IntrospectionParts): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== routes.introspection || ctx.method !== 'POST' || isUnusual(ctx)) return next()
    const fields = await fieldsOf(ctx.req)
    const question = fields && questionOf(fields, ctx.req.headers.authorization)
    if (!question) return next()
    let found: Introspected | undefined
    try {
      const { kind, token, clientId } = question
      found = await credentials.introspect(kind, hexHash(token), clientId)
    } catch (error) {
      log.error({ err: error, requestId: ctx.state.requestId }, 'request failed')
      if (!(error instanceof DatabaseUnavailable) || wantsPage(ctx)) return next()
      return answerOutage(allowAnyOrigin(ctx))
    }
    const dialect = { issuer, json: notesOf(ctx).json === true }
    const body = found && answerTo(question, found, dialect)
    if (!body) return next()
    allowAnyOrigin(ctx)
    ctx.body = body
  }
}

/** Other origins, other proofs of being the client, signed answers (RFC 9701). */
function isUnusual({ req: { headers } }: Context): boolean {
  return (
    headers.origin !== undefined ||
    headers.dpop !== undefined ||
    headers['oauth-client-attestation'] !== undefined ||
    headers['oauth-client-attestation-pop'] !== undefined ||
    headers.accept?.includes('token-introspection+jwt') === true
  )
}

const wantsPage = (ctx: Context) => ctx.accepts('json', 'html') === 'html'

/** What the library says to a request without an Origin. */
function allowAnyOrigin(ctx: Context): Context {
  ctx.vary('Origin')
  ctx.set('Access-Control-Allow-Origin', '*')
  ctx.set('Access-Control-Expose-Headers', 'WWW-Authenticate')
  return ctx
}
