import type { Context } from 'koa'
import proxyAddr from 'proxy-addr'
import { ApiError } from './errors.ts'
import type { Operation } from './operations.ts'
import { presentedCredential } from './presented.ts'

/** Whom a credential acts for, as far as apps may know. */
export interface Person {
  id: string
  /** null: not verified. */
  email: string | null
  name: string
  timezone: string
}

/** What the gateway knows of a good credential, as it is now. */
export interface Credential {
  kind: 'oauth' | 'api_key'
  /** Tells credentials apart in logs and to the platform; says nothing of the secret. */
  id: string
  /** OAuth client_id; undefined: an API key. */
  clientId: string | undefined
  /** undefined: a machine's. */
  person: Person | undefined
  scopes: string[]
  /** From which a browser may call with it. */
  allowedOrigins: string[]
  /** Addresses and networks (CIDR) it may come from; empty: any. */
  allowedAddresses: string[]
  /** A limit of its own. */
  callsPerMinute: number | null
}

/** Where credentials are looked up. undefined: unknown, expired, revoked, narrowed away. */
export interface CredentialSources {
  findToken(token: string): Promise<Credential | undefined>
  /** undefined as well when it cannot be a key by its looks. */
  findApiKey(key: string): Promise<Credential | undefined>
}

/** The credential of a request, or its 401. */
export function credentialOf({ findToken, findApiKey }: CredentialSources) {
  return async (ctx: Context, query: URLSearchParams): Promise<Credential> => {
    const presented = presentedCredential(ctx, query)
    if (presented.kind === 'key') {
      const key = await findApiKey(presented.value)
      if (!key) {
        const code = presented.header === 'authorization' ? { code: 'invalid_token' as const } : {}
        throw new ApiError(401, 'Invalid API key', code)
      }
      checkAddress(ctx, key.allowedAddresses)
      return key
    }
    const token = await findToken(presented.value)
    if (token) return token
    const message = 'The access token is unknown, expired or revoked.'
    throw new ApiError(401, message, { code: 'invalid_token' })
  }
}

/** All the scopes that an operation needs, or a 403 that names the missing ones, in its order. */
export function requireScopes(needed: string[], { scopes }: Credential): void {
  const missing = needed.filter((scope) => !scopes.includes(scope))
  if (missing.length === 0) return
  throw new ApiError(403, `Missing required permission(s): ${missing.join(', ')}`, {
    code: 'insufficient_scope',
    scope: missing.join(' '),
  })
}

/** Those of the operation, and those of what its query asks for (A173: every value counts). */
export function neededScopes(
  { scopes, conditionalScopes }: Operation,
  query: URLSearchParams,
): string[] {
  const more = conditionalScopes.filter(({ name, value }) => query.getAll(name).includes(value))
  return [...new Set([...scopes, ...more.flatMap((condition) => condition.scopes)])]
}

function checkAddress(ctx: Context, allowed: string[]): void {
  if (allowed.length === 0 || proxyAddr.compile(allowed)(ctx.ip, 0)) return
  throw new ApiError(403, 'This API key may not be used from this address.', {
    code: 'insufficient_scope',
  })
}
