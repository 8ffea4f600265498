import type { Context } from 'koa'
import { ApiError } from './errors.ts'

/** The token of an Authorization header and of nowhere else (RFC 6750 2; OAuth 2.1 5.1). */
export function bearerToken(ctx: Context): string {
  if ('access_token' in ctx.query) {
    throw new ApiError(
      401,
      'Send the access token in the Authorization header, never in the address.',
    )
  }
  const header = ctx.get('Authorization')
  if (!header) {
    throw new ApiError(401, 'Missing authentication. Provide API key or access token.')
  }
  const [, token] = /^bearer ([\w.~+/=-]{1,4096})$/i.exec(header) ?? []
  if (!token) {
    throw new ApiError(
      401,
      'The Authorization header must be "Bearer" and one token.',
      'invalid_token',
    )
  }
  return token
}
