import type { Middleware } from 'koa'
import { DatabaseUnavailable } from '#db/database-errors.ts'

/** An error of the external API: the platform's own body, and the challenge of RFC 6750 3. */
export class ApiError extends Error {
  readonly status: number
  readonly code: 'invalid_token' | 'insufficient_scope' | undefined
  readonly scope: string | undefined

  constructor(
    status: number,
    message: string,
    code?: 'invalid_token' | 'insufficient_scope',
    scope?: string,
  ) {
    super(message)
    this.status = status
    this.code = code
    this.scope = scope
  }
}

const names: Record<number, string> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  503: 'service_unavailable',
}

/** v1 answers `{"detail"}`, v2 `{"error": {code, message, details}}` (contract, section 7). */
export function apiErrors(version: 'v1' | 'v2', issuer: string): Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (caught) {
      const error = asApiError(caught)
      ctx.status = error.status
      ctx.set('Cache-Control', 'no-store')
      if (error.status === 401 || error.code) ctx.set('WWW-Authenticate', challenge(error, issuer))
      if (error.status === 503) ctx.set('Retry-After', '2')
      ctx.body =
        version === 'v1'
          ? { detail: error.message }
          : { error: { code: names[error.status], message: error.message, details: null } }
    }
  }
}

function asApiError(caught: unknown): ApiError {
  if (caught instanceof ApiError) return caught
  if (caught instanceof DatabaseUnavailable) {
    return new ApiError(503, 'The service is briefly unavailable; try again.')
  }
  throw caught
}

/** RFC 6750 3, with the pointer of RFC 9728 5.1; without a credential no error is named. */
function challenge({ code, message, scope }: ApiError, issuer: string): string {
  const parts = [
    ...(code ? [`error="${code}"`, `error_description="${message.replaceAll('"', "'")}"`] : []),
    ...(scope ? [`scope="${scope}"`] : []),
    `resource_metadata="${issuer}/.well-known/oauth-protected-resource"`,
  ]
  return `Bearer ${parts.join(', ')}`
}
