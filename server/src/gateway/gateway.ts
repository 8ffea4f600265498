import type { Context, Middleware } from 'koa'
import { answerPreflight, type KnowsOrigin, letReadRefusal } from './cors.ts'
import { type Credential, whoseLimit } from './credential.ts'
import { type Call, type Decide, type Decision, readCall } from './decision.ts'
import { methods } from './documents.ts'
import { answerError, asApiError } from './errors.ts'
import type { IdentityHeaders } from './identity.ts'
import { meAnswer } from './me.ts'
import { findOperation } from './operations.ts'
import { sandbox } from './sandbox/sandbox.ts'
import type { Upstream } from './upstream/upstream.ts'
import { whileItLasts } from './while-it-lasts.ts'

export interface GatewayParts {
  issuer: string
  decide: Decide
  knowsOrigin: KnowsOrigin
  identityOf(credential: Credential): Promise<IdentityHeaders>
  noteUse(credential: Credential, scopes: string[]): void
  /** undefined: the sandbox answers. */
  upstream: Upstream | undefined
}

/** The external API: lets a call pass only as its document says, and hands it to the platform. */
export function gateway(parts: GatewayParts): Middleware {
  const answer = parts.upstream ? fromPlatform(parts, parts.upstream) : fromSandbox()
  return async (ctx, next) => {
    const call = readCall(ctx.method, ctx.req.url ?? '')
    if (!call || isDocs(call)) return next()
    ctx.set('Vary', 'Origin')
    if (!parts.upstream) ctx.set('X-Sandbox', 'true')
    try {
      if (call.method === 'OPTIONS') {
        return await answerPreflight(ctx, allowedMethods(call), parts.knowsOrigin)
      }
      const decision = await parts.decide(ctx, call)
      const { operation, credential, scopes } = decision
      parts.noteUse(credential, scopes)
      ctx.set('Cache-Control', 'no-store')
      if (operation.path === '/me') ctx.body = meAnswer(call.version, credential)
      else await answer(ctx, call, decision)
    } catch (caught) {
      const error = asApiError(caught)
      if (error.status === 401) await letReadRefusal(ctx, parts.knowsOrigin)
      answerError(ctx, error, { ...parts, version: call.version })
    }
  }
}

/** Pages and documents about the API lie among its addresses. */
const isDocs = ({ path }: Call) => /^\/(docs|openapi\.json)$/.test(path)

type Answer = (ctx: Context, call: Call, decision: Decision) => Promise<void>

function fromSandbox(): Answer {
  const play = sandbox()
  return (ctx, _call, decision) => play(ctx, decision)
}

function fromPlatform({ identityOf, decide }: GatewayParts, upstream: Upstream): Answer {
  const watch = whileItLasts()
  return async (ctx, call, { credential, operation }) => {
    // Before anything is sent: what goes up may take long as well.
    watch(ctx, () => decide(ctx, call, { again: true }))
    const added = {
      ...(await identityOf(credential)),
      ...(ctx.state.requestId && { 'X-Request-Id': String(ctx.state.requestId) }),
    }
    const takesBody = operation.described.requestBody !== undefined
    await upstream.forward(ctx, { added, whom: whoseLimit(credential), takesBody })
  }
}

const allowedMethods = ({ version, path }: Call): string[] =>
  methods
    .map((method) => method.toUpperCase())
    .flatMap((method) => {
      if ('problem' in findOperation(version, method, path)) return []
      return method === 'GET' ? ['GET', 'HEAD'] : [method]
    })
