import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi'
import type { Operation } from './operation.ts'

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    request_id: z.string().optional(),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What to change, by field.' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457' })

const commonRefusals: Record<number, string> = {
  401: 'No credential, or one that is not valid.',
  403: 'A valid credential of somebody who is no administrator, or a foreign page.',
  503: 'The database is away; try again after Retry-After.',
}

/** The OpenAPI document: made from what is served, so neither can be ahead of the other. */
export function openApiDocument(operations: Operation[], { issuer }: { issuer: string }) {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {}
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: described(operation) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'AutoGPT SSO administration',
      version: '1',
      description:
        'Apps, users, signing keys and the audit trail. Send the admin token as bearer token, or call from a page of this server as a signed-in administrator.',
    },
    servers: [{ url: issuer }],
    security: [{ adminToken: [] }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN' },
      },
    },
  })
}

function described(operation: Operation): ZodOpenApiOperationObject {
  const { id, tag, summary, description, params, query, body, answer } = operation
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description && { description }),
    ...((params || query) && {
      requestParams: { ...(params && { path: params }), ...(query && { query }) },
    }),
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: body, ...exampleOf(body) } },
      },
    }),
    responses: { [`${answer.status}`]: answered(answer), ...refused(operation) },
  }
}

// Swagger UI fills its "try it out" with every field there is, unless the body itself has an example.
function exampleOf(body: z.ZodType): { example?: unknown } {
  const examples = body.meta()?.examples
  return Array.isArray(examples) ? { example: examples[0] } : {}
}

const answered = ({ description, schema }: Operation['answer']) => ({
  description,
  ...(schema && { content: { 'application/json': { schema } } }),
})

function refused({ params, query, body, refusals }: Operation) {
  const all: Record<string, string> = {
    ...(query || body ? { 400: 'Something to correct; errors names the fields.' } : {}),
    ...(params ? { 404: 'There is no such thing.' } : {}),
    ...commonRefusals,
    ...refusals,
  }
  const content = { 'application/problem+json': { schema: problem } }
  return Object.fromEntries(
    Object.entries(all).map(([status, description]) => [status, { description, content }]),
  )
}
