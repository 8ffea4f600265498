import type { Context } from 'koa'
import { z } from 'zod'
import { readJson } from '#web/body.ts'
import { Problem } from '#web/problem.ts'
import { parse } from '#web/wire.ts'
import type { Caller } from './administrators.ts'

/** One call of the API: the router serves it and the OpenAPI document describes it from this alone. */
export interface Operation {
  id: string
  method: 'get' | 'post' | 'patch' | 'delete'
  /** OpenAPI spelling, such as /api/admin/apps/{id}. */
  path: string
  tag: string
  summary: string
  description?: string
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  answer: { status: 200 | 201 | 204; description: string; schema?: z.ZodType }
  /** Refusals beside those that every operation has, by status. */
  refusals?: Record<number, string>
  run(request: OperationRequest): Promise<unknown>
}

interface OperationRequest {
  caller: Caller
  // Typed where an operation is written (defineOperation), by its own schemas.
  params: never
  query: never
  body: never
}

interface Typed<Params, Query, Body, Answer> {
  params?: Params
  query?: Query
  body?: Body
  answer: { status: 200 | 201 | 204; description: string; schema?: Answer }
  run(request: {
    caller: Caller
    params: z.output<Params>
    query: z.output<Query>
    body: z.output<Body>
  }): Promise<z.input<Answer>>
}

export function defineOperation<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType = z.ZodVoid,
>(
  operation: Omit<Operation, keyof Typed<Params, Query, Body, Answer>> &
    Typed<Params, Query, Body, Answer>,
): Operation {
  return operation as Operation
}

/** Reads a request by the operation's schemas, runs it, and answers. */
export async function serve(operation: Operation, ctx: Context, caller: Caller): Promise<void> {
  const { params, query, body, answer } = operation
  const request = {
    caller,
    params: readParams(params, ctx),
    query: parse(query ?? z.strictObject({}), { ...ctx.query }),
    body: body && parse(body, hasBody(ctx) ? await readJson(ctx) : undefined),
  }
  const result = await operation.run(request as OperationRequest)
  ctx.status = answer.status
  ctx.body = answer.status === 204 ? null : result
}

// An id that cannot be one belongs to nothing: 404 like any other that is not there.
function readParams(schema: z.ZodObject | undefined, ctx: Context): unknown {
  const result = (schema ?? z.object({})).safeParse(ctx.params)
  if (!result.success) throw new Problem(404, 'not-found', 'There is no such id.')
  return result.data
}

const hasBody = (ctx: Context) =>
  Boolean(ctx.request.length) || ctx.req.headers['transfer-encoding'] !== undefined
