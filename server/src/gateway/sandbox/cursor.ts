import { ApiError } from '../errors.ts'
import type { Operation } from '../operations.ts'

/** Lists whose cursor is a token of another service (kind t) rather than a page (kind p). */
const byToken = new Set(['/credits/transactions'])
const withoutCursor = new Set(['/credits/invoices'])

/**
 * Refuses a cursor that the platform would refuse (external-api.md 5): one that somebody made up, or
 * of another kind of list. Base64url without padding of {"v":1,"k":"p","p":2}; to apps it is opaque.
 */
export function checkCursor({ version, path }: Operation, query: URLSearchParams): void {
  const cursor = query.get('cursor')
  if (version !== 'v2' || cursor === null) return
  const { v, k, p } = read(cursor)
  const isRight = byToken.has(path)
    ? k === 't'
    : k === 'p' && Number.isSafeInteger(p) && Number(p) > 0
  if (v === 1 && isRight && !withoutCursor.has(path)) return
  throw new ApiError(400, 'The cursor is not valid')
}

function read(cursor: string): { v?: unknown; k?: unknown; p?: unknown } {
  if (!/^[\w-]+$/.test(cursor)) return {}
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString()) ?? {}
  } catch {
    return {}
  }
}
