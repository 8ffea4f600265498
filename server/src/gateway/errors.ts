import type { Context } from 'koa'
import { DatabaseUnavailable } from '#db/database-errors.ts'
import type { Version } from './documents.ts'
import { resourceMetadataUrl } from './protected-resource.ts'

interface ErrorOptions {
  /** RFC 6750 3.1 */
  code?: 'invalid_token' | 'insufficient_scope'
  scope?: string
  headers?: Record<string, string>
  details?: object
  cause?: unknown
}

/** A refusal of the external API, in the platform's own body and with the challenge of RFC 6750 3. */
export class ApiError extends Error {
  readonly status: number
  readonly options: ErrorOptions

  constructor(status: number, message: string, options: ErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.status = status
    this.options = options
  }
}

const names: Record<number, string> = {
  400: 'bad_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  422: 'validation_error',
  429: 'rate_limit_exceeded',
  500: 'internal_error',
  502: 'upstream_error',
  503: 'service_unavailable',
  504: 'upstream_error',
}

const nameOf = (status: number) =>
  names[status] ?? (status < 500 ? 'request_failed' : 'internal_error')

/** The error as the one who asked may see it; whatever nobody meant goes on to the log. */
export function asApiError(caught: unknown): ApiError {
  if (caught instanceof ApiError) return caught
  if (caught instanceof DatabaseUnavailable) {
    const headers = { 'Retry-After': '2' }
    return new ApiError(503, 'The service is briefly unavailable; try again.', { headers })
  }
  throw caught
}

/** v1 answers `{"detail"}`, v2 `{"error": {code, message, details}}` (contract, section 7). */
export function answerError(
  ctx: Context,
  error: ApiError,
  { version, issuer, path = ctx.path }: { version: Version; issuer: string; path?: string },
): void {
  const { status, message, options } = error
  ctx.status = status
  ctx.set('Cache-Control', 'no-store')
  ctx.set(options.headers ?? {})
  if (status === 401 || options.code)
    ctx.set('WWW-Authenticate', challenge(error, resourceMetadataUrl(issuer, path)))
  const details = options.details ?? null
  ctx.body =
    version === 'v1'
      ? { detail: (details as { errors?: object } | null)?.errors ?? message }
      : { error: { code: nameOf(status), message, details } }
}

/** RFC 6750 3, with the pointer of RFC 9728 5.1; without a credential no error is named. */
function challenge({ message, options: { code, scope } }: ApiError, metadata: string): string {
  const parts = [
    ...(code ? [`error="${code}"`, `error_description="${message.replaceAll('"', "'")}"`] : []),
    ...(scope ? [`scope="${scope}"`] : []),
    `resource_metadata="${metadata}"`,
  ]
  return `Bearer ${parts.join(', ')}`
}
