import type { Context } from 'koa'
import { ApiError } from './errors.ts'

/** What a request presents; an API key may come in either header. */
export type Presented =
  | { kind: 'key'; header: 'x-api-key' | 'authorization'; value: string }
  | {
      kind: 'token'
      value: string
    }

const missing = 'Missing authentication. Provide API key or access token.'

/**
 * The credential of a request, from its headers and from nowhere else (RFC 6750 2; OAuth 2.1 5.1).
 * X-API-Key is looked at first and is final, whatever else is there.
 */
export function presentedCredential(
  ctx: Context,
  query: URLSearchParams,
  { isBearerOnly }: { isBearerOnly: boolean },
): Presented {
  const key = isBearerOnly ? undefined : ctx.req.headers['x-api-key']
  if (key !== undefined) return { kind: 'key', header: 'x-api-key', value: String(key) }
  // A78, A160: a secret in an address ends in logs and histories.
  if (query.has('access_token') || query.has('api_key')) {
    throw new ApiError(401, 'Send the credential in a header, never in the address.')
  }
  const header = ctx.get('Authorization')
  if (!header) throw new ApiError(401, missing)
  if (isSentTwice(ctx.req.rawHeaders, 'authorization')) {
    throw new ApiError(401, 'Send one Authorization header.', { code: 'invalid_token' })
  }
  const [, value] = /^bearer ([\w.~+/=-]{1,4096})$/i.exec(header) ?? []
  if (!value) {
    const message = 'The Authorization header must be "Bearer" and one token.'
    throw new ApiError(401, message, { code: 'invalid_token' })
  }
  const isToken = value.startsWith('agpt_xt_') || !value.startsWith('agpt_')
  return isToken ? { kind: 'token', value } : { kind: 'key', header: 'authorization', value }
}

/** Node keeps the first of them and says nothing of the others (A78). X-API-Key it joins, to no key. */
function isSentTwice(rawHeaders: string[], name: string): boolean {
  let times = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? ''
    if (sent.length === name.length && sent.toLowerCase() === name) times += 1
  }
  return times > 1
}
