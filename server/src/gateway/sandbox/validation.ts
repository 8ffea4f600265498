import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import {
  type Document,
  documents,
  type Parameter,
  type Schema,
  type Version,
} from '../documents.ts'
import type { Operation } from '../operations.ts'

/** What is wrong, as the platform says it: where, and in which words. */
export interface Invalid {
  type: string
  loc: (string | number)[]
  msg: string
}

interface Checked {
  schema: Schema
  value: unknown
  at: string
  /** Of a large value only the first problem: thousands of them would take the process (A147). */
  isLarge?: boolean
}

type Extent = 'first' | 'all'

const compilers: Partial<Record<`${Version} ${Extent}`, Ajv2020>> = {}
const compiled: Record<Extent, WeakMap<Schema, ValidateFunction>> = {
  first: new WeakMap(),
  all: new WeakMap(),
}

const mostProblems = 50

/** What does not fit in a value; the schema may refer to the document's components. */
export function problemsOf(version: Version, checked: Checked): Invalid[] {
  const { schema, value, at, isLarge = false } = checked
  const validate = validatorOf(version, { schema, extent: isLarge ? 'first' : 'all' })
  if (validate(value)) return []
  return (validate.errors ?? []).slice(0, mostProblems).map((error) => invalid(error, at))
}

/** The parameters of a request as the schemas read them: text that means a number is one. */
export function parameterProblems(
  operation: Operation,
  sent: { path: Record<string, string>; query: URLSearchParams; header(name: string): string },
): Invalid[] {
  return (operation.described.parameters ?? []).flatMap((parameter) => {
    const value = sentValue(parameter, sent)
    const { name, required, schema } = parameter
    const at = parameter.in
    if (value === undefined) {
      return required ? [{ type: 'missing', loc: [at, name], msg: 'Field required' }] : []
    }
    return problemsOf(operation.version, { schema, value, at: `${at}/${name}` })
  })
}

function sentValue(
  { name, in: where, schema }: Parameter,
  { path, query, header }: Parameters<typeof parameterProblems>[1],
): unknown {
  if (where === 'path') return asTyped(schema, path[name] ?? '')
  if (where === 'header') return header(name).trim() || undefined
  const values = query.getAll(name)
  if (values.length === 0) return undefined
  return schema.type === 'array' ? values : asTyped(schema, values.at(-1) ?? '')
}

function asTyped({ type }: Schema, text: string): unknown {
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  if (type === 'boolean' && /^(true|false|1|0)$/i.test(text)) return /^(true|1)$/i.test(text)
  return text
}

function validatorOf(
  version: Version,
  { schema, extent }: { schema: Schema; extent: Extent },
): ValidateFunction {
  const known = compiled[extent].get(schema)
  if (known) return known
  const name = `${version} ${extent}` as const
  compilers[name] ??= compilerFor(documents[version], extent)
  const fresh = compilers[name].compile({ $ref: undefined, ...rooted(schema) })
  compiled[extent].set(schema, fresh)
  return fresh
}

const documentId = 'document'

function compilerFor({ components }: Document, extent: Extent): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, allErrors: extent === 'all' })
  // The package is CommonJS: its function is also its default export.
  ;(addFormats as unknown as { default(ajv: Ajv2020): void }).default(ajv)
  return ajv.addSchema(rooted({ $id: documentId, components }) as object)
}

/** Its references lead into the document. */
const rooted = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', `"${documentId}#/components/`))

function invalid({ keyword, instancePath, params, message }: ErrorObject, at: string): Invalid {
  const places = instancePath.split('/').slice(1).map(placeOf)
  const missing = keyword === 'required' ? [String(params.missingProperty)] : []
  return {
    type: keyword === 'required' ? 'missing' : keyword,
    loc: [...at.split('/'), ...places, ...missing],
    msg: keyword === 'required' ? 'Field required' : (message ?? 'does not fit'),
  }
}

// JSON Pointer (RFC 6901 4).
const placeOf = (text: string) =>
  /^\d+$/.test(text) ? Number(text) : text.replaceAll('~1', '/').replaceAll('~0', '~')
