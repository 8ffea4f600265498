import type { IncomingMessage } from 'node:http'
import { parse } from 'node:querystring'
import getRawBody from 'raw-body'
import { bodyLimit } from '#web/body.ts'
import { Problem } from '#web/problem.ts'

type Request = IncomingMessage & { body?: unknown }

const form = /^application\/x-www-form-urlencoded(; ?charset=utf-8)?$/i

/**
 * The fields of the request as the library would see them, and for the library, should it have to
 * answer after all, the body it can no longer read. undefined: nothing was read.
 */
export async function fieldsOf(req: Request): Promise<Record<string, unknown> | undefined> {
  // json-dialect.ts was here.
  if (req.body !== undefined) return req.body as Record<string, unknown>
  const { headers } = req
  const [isForm, charset] = form.exec(headers['content-type'] ?? '') ?? []
  const length = Number(headers['content-length'] ?? 0)
  if (!isForm || headers['content-encoding'] || !(length > 0 && length <= bodyLimit)) {
    return undefined
  }
  const bytes = await getRawBody(req, { length, limit: bodyLimit }).catch(refuse)
  // A charset makes the library decode the bytes, and its decoder drops a byte order mark.
  const body = charset && bytes.subarray(0, 3).equals(byteOrderMark) ? bytes.subarray(3) : bytes
  req.body = body
  return parse(body.toString())
}

const byteOrderMark = Buffer.from('\uFEFF')

function refuse(cause: unknown): never {
  throw new Problem(400, 'unreadable-body', 'The body could not be read.', { cause })
}
