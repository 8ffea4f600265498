import fc from 'fast-check'
import { type Fact, facts } from './platform-readings.ts'
import { tricks } from './spelling-tricks.ts'

export interface Spelling {
  /** What the operation needs that the spelling began with. */
  scopes: string[]
  method: string
  target: string
  headers: [name: string, value: string][]
}

const segmentsOf = (path: string) => path.split('/').slice(1)
const isPlaceholder = (segment: string) => segment.startsWith('{')

/** Words that stand where this placeholder does: /runs/reviews beside /runs/{run_id}. */
const rivals = ({ version, path }: Fact, index: number) => {
  const before = segmentsOf(path).slice(0, index).join('/')
  return facts
    .filter((other) => other.version === version)
    .map((other) => segmentsOf(other.path))
    .filter((segments) => segments.slice(0, index).join('/') === before)
    .flatMap((segments) => segments.slice(index, index + 1))
    .filter((segment) => !isPlaceholder(segment))
}

const words = [...new Set(facts.flatMap(({ path }) => segmentsOf(path)))].filter(
  (word) => !isPlaceholder(word),
)

/** What a placeholder may be filled with: words of other operations first of all. */
const fillings = (fact: Fact, index: number): fc.Arbitrary<string> => {
  const near = rivals(fact, index)
  return fc.oneof(
    { arbitrary: fc.constantFrom(...(near.length > 0 ? near : words)), weight: 4 },
    { arbitrary: fc.constantFrom(...words), weight: 2 },
    { arbitrary: fc.constantFrom('17', 'x', 'a@b.c', '..', '.', '%2e%2e', '%2F', '~'), weight: 2 },
    { arbitrary: fc.string({ minLength: 1, maxLength: 6 }).map(encodeURIComponent), weight: 1 },
  )
}

const contested = facts.filter((fact) =>
  segmentsOf(fact.path).some((segment, index) => isPlaceholder(segment) && rivals(fact, index)[0]),
)

/** A plain call of some operation. */
const plain = fc
  .oneof(
    { arbitrary: fc.constantFrom(...facts), weight: 2 },
    { arbitrary: fc.constantFrom(...contested), weight: 1 },
  )
  .chain((fact) =>
    fc
      .tuple(
        ...segmentsOf(fact.path).map((segment, index) =>
          isPlaceholder(segment) ? fillings(fact, index) : fc.constant(segment),
        ),
      )
      .map((segments) => ({
        method: fact.method,
        scopes: fact.scopes,
        target: `/external-api/${fact.version}/${segments.join('/')}`,
      })),
  )

const methods = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 8 },
  {
    arbitrary: fc.constantFrom(
      ...['HEAD', 'OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'get', 'Get', 'dELETE'],
      ...['TRACE', 'CONNECT', 'PROPFIND', 'SEARCH', 'QUERY', 'BREW', 'GET\t', 'GETX'],
    ),
    weight: 3,
  },
)

/** Headers in which some servers look for the method or the address that is meant. */
const overrides = fc.oneof(
  fc.tuple(
    fc.constantFrom(
      'X-HTTP-Method-Override',
      'X-HTTP-Method',
      'X-Method-Override',
      'x_http_method',
    ),
    fc.constantFrom('GET', 'DELETE', 'POST', 'PUT'),
  ),
  fc.tuple(
    fc.constantFrom(
      ...[
        'X-Original-URL',
        'X-Rewrite-URL',
        'X-Original-URI',
        'X-Forwarded-Uri',
        'X-Forwarded-Prefix',
      ],
      ...['X-Forwarded-Path', 'X-Envoy-Original-Path', 'X_Original_URL', 'Destination', 'Referer'],
    ),
    plain.map(({ target }) => target),
  ),
)

/** A call of some operation, its address spelled by up to three tricks. */
export const spellings: fc.Arbitrary<Spelling> = fc
  .record({
    call: plain,
    chosen: fc.array(fc.tuple(fc.constantFrom(...tricks), fc.nat(5000)), { maxLength: 3 }),
    method: methods,
    headers: fc.array(overrides, { maxLength: 2 }),
  })
  .map(({ call, chosen, method = call.method, headers }) => ({
    scopes: call.scopes,
    method,
    headers,
    target: chosen.reduce((target, [trick, place]) => trick(target, place), call.target),
  }))
