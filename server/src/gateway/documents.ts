import { readFileSync } from 'node:fs'

export const versions = ['v1', 'v2'] as const
export type Version = (typeof versions)[number]

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof methods)[number]

/** A schema of JSON Schema 2020-12, as OpenAPI 3.1 has them. */
export type Schema = Record<string, unknown>

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  schema: Schema
}

interface Media {
  schema: Schema
  example?: unknown
}

export interface DescribedOperation {
  operationId: string
  /** The same scopes under each scheme: all of them are needed. */
  security: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, Media> }
  responses: Record<string, { content?: Record<string, Media>; $ref?: string }>
  /** Search: some content types need a scope of their own. */
  'x-conditional-scopes'?: Record<string, string[]>
  'x-rate-limit'?: { requests: number; seconds: number }
  'x-idempotent'?: boolean
  /** A server of its own behind an address, of which the platform's documents say nothing. */
  'x-mcp'?: boolean
}

export interface Document {
  paths: Record<string, Partial<Record<Method, DescribedOperation>>>
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> }
}

const read = (version: Version): Document =>
  JSON.parse(readFileSync(new URL(`./documents/${version}.json`, import.meta.url), 'utf8'))

/** The OpenAPI documents: what the gateway enforces, the sandbox answers and the pages show. */
export const documents: Record<Version, Document> = { v1: read('v1'), v2: read('v2') }
