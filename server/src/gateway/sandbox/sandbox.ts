import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import type { Credential } from '../credential.ts'
import { ApiError } from '../errors.ts'
import type { Operation } from '../operations.ts'
import { checkCursor } from './cursor.ts'
import { firstRuns } from './first-runs.ts'
import { type Invalid, parameterProblems, problemsOf } from './validation.ts'

interface Call {
  operation: Operation
  params: Record<string, string>
  credential: Credential
}

const largestUpload = 10 * 1024 * 1024
const largestJson = 1024 * 1024
/** Of which all problems are told. */
const smallJson = 16 * 1024

/**
 * Answers from the examples of the documents, so that an app can be built without a platform. It
 * stores nothing, but refuses what the platform would refuse by its schemas.
 */
export function sandbox() {
  const firstRun = firstRuns()
  return async (ctx: Context, { operation, params, credential }: Call): Promise<void> => {
    if (operation.described['x-mcp']) throw new ApiError(501, 'The sandbox has no MCP server.')
    const header = (name: string) => ctx.get(name)
    const query = new URLSearchParams(ctx.querystring)
    refuse(ctx, operation, [
      ...parameterProblems(operation, { path: params, query, header }),
      ...(await bodyProblems(ctx, operation)),
    ])
    checkCursor(operation, query)
    const runOf = (example: unknown) => {
      const fresh = { ...(example as object), id: randomUUID() }
      const key = header('Idempotency-Key').trim()
      const { person, id } = credential
      return key ? firstRun(JSON.stringify([person?.id ?? id, operation.path, key]), fresh) : fresh
    }
    const [status, answer] = successOf(operation)
    ctx.status = status
    const [type, media] = Object.entries(answer?.content ?? {})[0] ?? []
    if (!type) {
      ctx.body = null
    } else if (type === 'application/json') {
      ctx.body = operation.described['x-idempotent']
        ? runOf(media?.example)
        : (media?.example ?? null)
    } else {
      ctx.type = type
      ctx.body = Buffer.from('This file is an example of the sandbox.\n')
    }
  }
}

function successOf({ described }: Operation) {
  const [status, answer] =
    Object.entries(described.responses).find(([code]) => code.startsWith('2')) ?? []
  return [Number(status), answer] as const
}

async function bodyProblems(ctx: Context, operation: Operation): Promise<Invalid[]> {
  const body = operation.described.requestBody
  if (!body) return []
  const bytes = await getRawBody(ctx.req, {
    length: ctx.get('content-length') || null,
    limit: isUpload(body) ? largestUpload : largestJson,
  }).catch((cause) => {
    ctx.set('Connection', 'close')
    throw new ApiError(413, 'The body is too large for the sandbox.', { cause })
  })
  const missing = [{ type: 'missing', loc: ['body'], msg: 'Field required' }]
  if (bytes.length === 0) return body.required ? missing : []
  if (isUpload(body)) return uploadProblems(ctx, bytes)
  const [media] = Object.values(body.content)
  const value = jsonIn(bytes)
  if (value === undefined)
    return [{ type: 'json_invalid', loc: ['body'], msg: 'JSON decode error' }]
  const isLarge = bytes.length > smallJson
  return problemsOf(operation.version, { schema: media?.schema ?? {}, value, at: 'body', isLarge })
}

const isUpload = ({ content }: NonNullable<Operation['described']['requestBody']>) =>
  'multipart/form-data' in content

async function uploadProblems(ctx: Context, bytes: Buffer): Promise<Invalid[]> {
  const headers = { 'content-type': ctx.get('content-type') }
  const form = await new Response(new Uint8Array(bytes), { headers })
    .formData()
    .catch(() => undefined)
  if (form?.get('file') instanceof File) return []
  return [{ type: 'missing', loc: ['body', 'file'], msg: 'Field required' }]
}

function jsonIn(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

function refuse(ctx: Context, { version }: Operation, errors: Invalid[]): void {
  if (errors.length === 0) return
  const message = `Invalid data for ${ctx.method} /external-api/${version}${pathOf(ctx, version)}`
  throw new ApiError(422, message, { details: { errors } })
}

const pathOf = (ctx: Context, version: string) => ctx.path.slice(`/external-api/${version}`.length)
