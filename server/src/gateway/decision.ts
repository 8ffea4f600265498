import type { Context } from 'koa'
import { attempts } from './attempts.ts'
import { allowOrigin } from './cors.ts'
import {
  type Credential,
  type CredentialSources,
  credentialOf,
  requireScopes,
  whoseLimit,
} from './credential.ts'
import type { Version } from './documents.ts'
import { ApiError } from './errors.ts'
import { limitHeaders, type Rule, rules, type TakeCall } from './limits.ts'
import { findOperation, type Operation } from './operations.ts'
import { type Presented, presentedCredential } from './presented.ts'

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
  /** Pages at the issuer call as they like. */
  issuer: string
  /** As they were a second ago at most. */
  recent: CredentialSources
  /** As they are now. */
  current: CredentialSources
  /** Whether it could be one of ours, by its looks alone. */
  mayExist(presented: Presented): boolean
  /** undefined: limits are off. */
  limits: Limits | undefined
  callsPerMinuteOf(clientId: string): Promise<number | undefined>
}

interface Limits {
  /** Counts that every node shares. */
  takeCall: TakeCall
  /** This node's own. */
  takeHere: TakeCall
}

/** The call that a request line asks for; undefined: nothing of the API. */
export function readCall(method: string, url: string): Call | undefined {
  const [, version, path = '', query] =
    /^\/external-api\/(v[12])(?=[/?]|$)([^?]*)(?:\?(.*))?$/s.exec(url) ?? []
  if (!version) return undefined
  // A target has no fragment (RFC 9112 3.2), and a platform may cut one off that is read here (A167).
  const plain = url.includes('#') ? '#' : path
  return { version: version as Version, method, path: plain, query: new URLSearchParams(query) }
}

/**
 * May this call pass? The one place where that is decided, for the gateway and for proxies that ask
 * (forward-auth): operation, credential, address, origin, the person's limit, scopes, the operation's
 * limit, in this order; an ApiError if not.
 */
export function decider(parts: DeciderParts) {
  const { limits, recent, current, callsPerMinuteOf } = parts
  const [find, findNow] = [credentialOf(recent), credentialOf(current)]
  const attempt = limits && attempts({ ...limits, ...parts })
  const ownOrigin = new URL(parts.issuer).origin

  async function take(ctx: Context, rule: Rule, whom: string): Promise<void> {
    if (limits) ctx.set(limitHeaders(await limits.takeCall(rule, whom)))
  }

  async function identify(ctx: Context, { query }: Call, asked: Operation): Promise<Credential> {
    const read = () => presentedCredential(ctx, query, asked)
    // The platform limits its second version only.
    if (attempt === undefined || asked.version !== 'v2') return find(ctx, read())
    return attempt(ctx, read, (presented) => find(ctx, presented))
  }

  /** A call that is refused for its scopes counts as well. */
  async function limitPerson(ctx: Context, { version }: Call, caller: Credential): Promise<void> {
    if (version === 'v2') await take(ctx, rules.user, whoseLimit(caller))
    const { id, clientId } = caller
    const own = caller.callsPerMinute ?? (clientId && (await callsPerMinuteOf(clientId)))
    if (own) await take(ctx, perMinute(own), clientId ?? id)
  }

  /** A route's own headers win over the others (external-api.md 6). */
  async function limitOperation(ctx: Context, operation: Operation, caller: Credential) {
    const { operationId, 'x-rate-limit': special } = operation.described
    if (special) await take(ctx, { name: operationId, ...special }, whoseLimit(caller))
  }

  /** again: the same call still runs, so that it counts no more. */
  return async (ctx: Context, call: Call, { again = false } = {}): Promise<Decision> => {
    const sought = findOperation(call.version, call.method, call.path)
    if ('problem' in sought) throw notAnOperation(sought)
    const { operation, params } = sought
    const credential = again
      ? await findNow(ctx, presentedCredential(ctx, call.query, operation))
      : await identify(ctx, call, operation)
    if (!again) {
      allowOrigin(ctx, credential, ownOrigin)
      if (limits) await limitPerson(ctx, call, credential)
    }
    const scopes = requireScopes(operation, call.query, credential)
    if (limits && !again) await limitOperation(ctx, operation, credential)
    return { operation, params, credential, scopes }
  }
}

export type Decide = ReturnType<typeof decider>

const perMinute = (requests: number): Rule => ({ name: 'own', requests, seconds: 60 })

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
