import type { Context } from 'koa'
import proxyAddr from 'proxy-addr'
import { ApiError } from './errors.ts'
import type { Operation } from './operations.ts'
import type { Presented } from './presented.ts'

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

/** Where credentials are looked up, some of them without the database. undefined: unknown, expired, revoked, narrowed away. */
export interface CredentialSources {
  findToken(token: string): Promise<Credential | undefined>
  /** undefined as well when it cannot be a key by its looks. */
  findApiKey(key: string): Promise<Credential | undefined>
}

/** Whose credential was presented, as these sources know it, or its 401. */
export function credentialOf({ findToken, findApiKey }: CredentialSources) {
  return async (ctx: Context, presented: Presented): Promise<Credential> => {
    if (presented.kind === 'token') {
      const token = await findToken(presented.value)
      if (!token) throw notValid(presented)
      return token
    }
    const key = await findApiKey(presented.value)
    if (!key) throw notValid(presented)
    checkAddress(ctx, key.allowedAddresses)
    return key
  }
}

export function notValid(presented: Presented): ApiError {
  if (presented.kind === 'token') {
    const message = 'The access token is unknown, expired or revoked.'
    return new ApiError(401, message, { code: 'invalid_token' })
  }
  const code = presented.header === 'authorization' ? { code: 'invalid_token' as const } : {}
  return new ApiError(401, 'Invalid API key', code)
}

/** All the scopes that the call needs, or a 403 that names the missing ones, in the document's order. */
export function requireScopes(
  operation: Operation,
  query: URLSearchParams,
  { scopes }: Credential,
): string[] {
  const isMissing = (scope: string) => !scopes.includes(scope)
  if (operation.scopes.some(isMissing)) {
    const missing = operation.scopes.filter(isMissing)
    throw lacking(missing, `Missing required permission(s): ${missing.join(', ')}`)
  }
  if (operation.conditionalScopes.length === 0) return operation.scopes
  // A173: what the query asks for counts as well, and every value of it.
  const asked = operation.conditionalScopes.filter(({ name, value }) =>
    query.getAll(name).includes(value),
  )
  for (const { value, scopes: needed } of asked) {
    const missing = needed.filter(isMissing)
    if (missing.length === 0) continue
    throw lacking(missing, `Searching ${value} requires the ${missing.join(', ')} permission`)
  }
  return [...new Set([...operation.scopes, ...asked.flatMap((condition) => condition.scopes)])]
}

const lacking = (missing: string[], message: string) =>
  new ApiError(403, message, { code: 'insufficient_scope', scope: missing.join(' ') })

function checkAddress(ctx: Context, allowed: string[]): void {
  if (allowed.length === 0 || proxyAddr.compile(allowed)(ctx.ip, 0)) return
  throw new ApiError(403, 'This API key may not be used from this address.', {
    code: 'insufficient_scope',
  })
}

/** All keys and tokens of a person together; a machine's own. */
export const whoseLimit = ({ person, id, clientId }: Credential): string =>
  person?.id ?? clientId ?? id
