import type { z } from 'zod'
import { type FieldError, Problem } from './problem.ts'

const mostErrors = 20

/** The value as the schema reads it; a 400 that names every field in question otherwise. */
export function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { error: missingField })
  if (result.success) return result.data
  throw invalid(result.error.issues.flatMap(fieldErrors))
}

/** The 400 of every refused field, whether a schema or a rule refused it. */
export function invalid(errors: FieldError[]): Problem {
  const named = [...new Set(errors.map(({ field }) => field).filter(Boolean))].slice(0, mostErrors)
  const message = named.length > 0 ? `Please check: ${named.join(', ')}.` : 'Please check the body.'
  return new Problem(400, 'invalid-request', message, { errors: errors.slice(0, mostErrors) })
}

/** Inside we write camelCase (style, words): the names of an object, not of what it holds. */
export function camelCased<Wire extends object>(wire: Wire): CamelCased<Wire> {
  const entries = Object.entries(wire).map(([name, value]) => [
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return Object.fromEntries(entries)
}

type CamelCased<Wire> = { [Name in keyof Wire as Camel<Name>]: Wire[Name] }
type Camel<Name> = Name extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Name

/** The other way, for rows that leave as they are: the names of objects, lists and what they hold. */
export function wireNamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(wireNamed)
  if (!isPlain(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    wireNamed(inner),
  ])
  return Object.fromEntries(entries)
}

// Dates and the like say themselves what they are in JSON.
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const missingField: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' && issue.input === undefined ? 'This field is missing.' : undefined

// A list's field is the list: people look for the name they sent, the message says which item.
const fieldErrors = (issue: z.core.$ZodIssue): FieldError[] => {
  const [field, item] = issue.path
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: shown(key), message: 'This cannot be set here.' }))
  }
  const prefix = typeof item === 'number' ? `Item ${item + 1}: ` : ''
  return [{ field: String(field ?? 'body'), message: prefix + issue.message }]
}

const shown = (text: string) => text.slice(0, 100)
