import type { Context } from 'koa'
import { allowOrigin } from './cors.ts'
import {
  type Credential,
  type CredentialSources,
  credentialOf,
  requireScopes,
} from './credential.ts'
import type { Version } from './documents.ts'
import { ApiError } from './errors.ts'
import { limitHeaders, type Rule, rules, type TakeCall } from './limits.ts'
import { findOperation, type Operation } from './operations.ts'

/** A request to the API, read once: as matched, so forwarded. */
export interface Call {
  version: Version
  method: string
  /** Below /external-api/v2, as it was sent. */
  path: string
  query: URLSearchParams
}

export interface Decision {
  operation: Operation
  params: Record<string, string>
  credential: Credential
  /** What the call needed and the credential has. */
  scopes: string[]
}

export interface DeciderParts {
  /** As they were a second ago at most. */
  recent: CredentialSources
  /** As they are now. */
  current: CredentialSources
  /** undefined: limits are off. */
  takeCall: TakeCall | undefined
  callsPerMinuteOf(clientId: string): Promise<number | undefined>
}

/** The call that a request line asks for; undefined: nothing of the API. */
export function readCall(method: string, url: string): Call | undefined {
  const [, version, path = '', query] =
    /^\/external-api\/(v[12])(?=[/?]|$)([^?]*)(?:\?(.*))?$/s.exec(url) ?? []
  if (!version) return undefined
  return { version: version as Version, method, path, query: new URLSearchParams(query) }
}

/**
 * May this call pass? The one place where that is decided, for the gateway and for proxies that ask
 * (forward-auth): operation, credential, address, scopes, limits, in this order; an ApiError if not.
 */
export function decider({ takeCall, callsPerMinuteOf, recent, current }: DeciderParts) {
  const [find, findNow] = [credentialOf(recent), credentialOf(current)]

  async function take(ctx: Context, rule: Rule, whom: string): Promise<void> {
    if (takeCall) ctx.set(limitHeaders(await takeCall(rule, whom)))
  }

  async function identify(ctx: Context, call: Call): Promise<Credential> {
    // The platform limits its second version only.
    const limited = takeCall !== undefined && call.version === 'v2'
    const head = headOf(ctx)
    if (limited && head) await take(ctx, rules.presented, `${ctx.ip} ${head}`)
    try {
      return await find(ctx, call.query)
    } catch (error) {
      const isRefused = error instanceof ApiError && error.status === 401
      if (isRefused && limited) await take(ctx, rules.anonymous, ctx.ip)
      throw error
    }
  }

  async function limit(ctx: Context, operation: Operation, credential: Credential): Promise<void> {
    if (!takeCall) return
    const { person, id, clientId } = credential
    const whom = person?.id ?? clientId ?? id
    if (operation.version === 'v2') await take(ctx, rules.user, whom)
    const own = credential.callsPerMinute ?? (clientId && (await callsPerMinuteOf(clientId)))
    if (own) await take(ctx, perMinute(own), clientId ?? id)
    const special = operation.described['x-rate-limit']
    // A route's own headers win over the others (external-api.md 6).
    if (special) await take(ctx, { name: operation.described.operationId, ...special }, whom)
  }

  /** again: the same call still runs, so that it counts no more. */
  return async (ctx: Context, call: Call, { again = false } = {}): Promise<Decision> => {
    const sought = findOperation(call.version, call.method, call.path)
    // Who knows the MCP server's address alone begins with a refusal of it (RFC 9728 5.1).
    if (isMcp(call) && !again) await identify(ctx, call)
    if ('problem' in sought) throw notAnOperation(sought)
    const { operation, params } = sought
    const credential = await (again ? findNow(ctx, call.query) : identify(ctx, call))
    if (!again) allowOrigin(ctx, credential)
    const scopes = requireScopes(operation, call.query, credential)
    if (!again) await limit(ctx, operation, credential)
    return { operation, params, credential, scopes }
  }
}

const isMcp = ({ version, path }: Call) => version === 'v2' && /^\/mcp\/?$/.test(path)

export type Decide = ReturnType<typeof decider>

const perMinute = (requests: number): Rule => ({ name: 'own', requests, seconds: 60 })

/** What may be shown of a credential, and is enough to tell two that somebody tries apart. */
const headOf = (ctx: Context) => {
  const sent = ctx.get('X-API-Key') || ctx.get('Authorization').replace(/^bearer /i, '')
  return sent.slice(0, 12)
}

function notAnOperation(sought: Exclude<ReturnType<typeof findOperation>, { operation: unknown }>) {
  switch (sought.problem) {
    case 'malformed':
      return new ApiError(400, 'Write the path plainly, as the documentation has it.')
    case 'not_found':
      return new ApiError(404, 'Not Found')
    case 'method_not_allowed':
      return new ApiError(405, 'Method Not Allowed', {
        headers: { Allow: sought.allowed.join(', ') },
      })
  }
}
