import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { documents, type Schema, type Version, versions } from '../src/gateway/documents.ts'
import { type Operation, operations } from '../src/gateway/operations.ts'
import { problemsOf } from '../src/gateway/sandbox/validation.ts'

/** What the platform says of an operation; a[].b is a field of a list, a.*.b one of a map. */
interface Fact {
  version: Version
  method: string
  path: string
  success: number
  params?: string[]
  body?: string[]
  response?: string[]
  limit?: string
  idempotent?: true
  uncertain?: true
  conditional?: Record<string, string[]>
}

const facts: Fact[] = JSON.parse(
  readFileSync(new URL('./gateway-facts.json', import.meta.url), 'utf8'),
)

const described = ({ version, method, path }: Fact): Operation => {
  const found = operations.find(
    (one) => one.version === version && one.method === method.toLowerCase() && one.path === path,
  )
  assert.ok(found, `${method} ${path}`)
  return found
}

const referred = (version: Version, schema: Schema): Schema => {
  const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref ?? ''))?.[1]
  return name ? (documents[version].components.schemas[name] ?? {}) : schema
}

/** A schema and all that it is made of or may be instead. */
function parts(version: Version, schema: Schema): Schema[] {
  const one = referred(version, schema)
  const others = ['anyOf', 'oneOf', 'allOf'].flatMap((name) => (one[name] as Schema[]) ?? [])
  return [one, ...others.flatMap((other) => parts(version, other))]
}

/** The schemas at a place such as items[].origin.graph_id. */
function at(version: Version, schema: Schema, place: string): Schema[] {
  let here = parts(version, schema)
  for (const [step] of place.matchAll(/\[\]|\*|\w+/g)) {
    here = here.flatMap(({ items, additionalProperties, properties }) => {
      const below =
        step === '[]'
          ? items
          : step === '*'
            ? additionalProperties
            : (properties as Record<string, Schema> | undefined)?.[step]
      return typeof below === 'object' ? parts(version, below as Schema) : []
    })
  }
  return here
}

const bodyOf = ({ described: { requestBody } }: Operation) =>
  Object.values(requestBody?.content ?? {})[0]
const successOf = ({ described: { responses } }: Operation) =>
  Object.entries(responses).filter(([status]) => status.startsWith('2'))

const missing = (version: Version, schema: Schema, places: string[] = []) =>
  places.filter((place) => at(version, schema, place).length === 0)

for (const fact of facts) {
  test(`${fact.version} ${fact.method} ${fact.path}: the document has all that the platform says`, () => {
    const operation = described(fact)
    const { parameters = [], ...rest } = operation.described

    const known = parameters.map(({ in: where, name }) => `${where} ${name}`)
    assert.deepEqual(
      (fact.params ?? []).filter((name) => !known.includes(name)),
      [],
    )
    for (const [index, parameter] of parameters.entries()) {
      const isTold = fact.params?.includes(known[index] ?? '')
      assert.ok(isTold || 'x-inferred' in parameter, `${known[index]} is nobody's word`)
    }
    assert.deepEqual(missing(fact.version, bodyOf(operation)?.schema ?? {}, fact.body), [])
    const [[status, answer] = []] = successOf(operation)
    assert.equal(Number(status), fact.success)
    const [media] = Object.values(answer?.content ?? {})
    assert.deepEqual(missing(fact.version, media?.schema ?? {}, fact.response), [])
    const limit = rest['x-rate-limit']
    assert.equal(limit && `${limit.requests}/${limit.seconds}`, fact.limit)
    assert.equal(rest['x-idempotent'], fact.idempotent)
    assert.equal((rest as { 'x-uncertain'?: true })['x-uncertain'], fact.uncertain)
    assert.deepEqual(rest['x-conditional-scopes'], fact.conditional)
  })
}

test('every example fits its schema', () => {
  for (const operation of operations) {
    const { version, method, path } = operation
    const answers = successOf(operation).flatMap(([, { content = {} }]) => Object.values(content))
    for (const media of [bodyOf(operation), ...answers]) {
      if (media?.example === undefined) continue
      const problems = problemsOf(version, { schema: media.schema, value: media.example, at: 'x' })
      assert.deepEqual(problems, [], `${version} ${method} ${path}`)
    }
  }
})

test('every answer and body of JSON has an example, and so has every error', () => {
  for (const operation of operations) {
    const { version, method, path } = operation
    const answers = successOf(operation).map(([, answer]) => answer.content)
    for (const content of [operation.described.requestBody?.content, ...answers]) {
      const media = content?.['application/json']
      assert.ok(!media || media.example !== undefined, `${version} ${method} ${path}`)
    }
  }
  for (const version of versions) {
    const { responses } = documents[version].components as unknown as {
      responses: Record<
        string,
        { content: { 'application/json': { schema: Schema; example: unknown } } }
      >
    }
    for (const [name, { content }] of Object.entries(responses)) {
      const { schema, example } = content['application/json']
      assert.deepEqual(problemsOf(version, { schema, value: example, at: 'x' }), [], name)
    }
  }
})

/** Properties, and those of what they hold, that no fact names and no mark says are inferred. */
function unmarked(version: Version, schema: Schema, told: string[], place = ''): string[] {
  return parts(version, schema).flatMap((one) => {
    if ('x-inferred' in one) return []
    const below: [string, Schema][] = [
      ...Object.entries((one.properties as Record<string, Schema>) ?? {}).map(
        ([name, value]): [string, Schema] => [place ? `${place}.${name}` : name, value],
      ),
      ...(one.items ? [[`${place}[]`, one.items as Schema] as [string, Schema]] : []),
    ]
    return below.flatMap(([name, value]) => {
      if ('x-inferred' in value) return []
      if (name.endsWith('[]')) return unmarked(version, value, told, name)
      if (!told.includes(name)) return [name]
      // Of what it holds the facts may say nothing; then nothing is claimed of them.
      const isTold = told.some(
        (other) => /^[.[]/.test(other.slice(name.length)) && other.startsWith(name),
      )
      return isTold ? unmarked(version, value, told, name) : []
    })
  })
}

test('what was inferred is marked, in both documents', () => {
  for (const fact of facts) {
    const { version, method, path, body = [], response = [] } = fact
    const operation = described(fact)
    const [[, answer] = []] = successOf(operation)
    const [media] = Object.values(answer?.content ?? {})
    const name = `${version} ${method} ${path}`
    if (body.length > 0)
      assert.deepEqual(unmarked(version, bodyOf(operation)?.schema ?? {}, body), [], name)
    if (response.length > 0)
      assert.deepEqual(unmarked(version, media?.schema ?? {}, response), [], name)
  }
  for (const version of versions) {
    const marks = JSON.stringify(documents[version]).match(/"x-inferred":true/g) ?? []
    assert.ok(marks.length > 10, `${version}: ${marks.length}`)
  }
})
