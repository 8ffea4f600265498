import {
  type DescribedOperation,
  type Document,
  documents,
  type Method,
  methods,
  type Version,
  versions,
} from './documents.ts'

export interface Operation {
  version: Version
  method: Method
  /** The document's spelling, such as /graphs/{graph_id}. */
  path: string
  /** All of them are needed, in this order; none: any valid credential is enough. */
  scopes: string[]
  /** Needed as well when the query has name=value. */
  conditionalScopes: { name: string; value: string; scopes: string[] }[]
  /** X-API-Key is nothing to it. */
  isBearerOnly: boolean
  described: DescribedOperation
}

/** What a request asks for, or why it asks for nothing. */
export type Sought =
  | { operation: Operation; params: Record<string, string> }
  | { problem: 'malformed' | 'not_found' }
  | { problem: 'method_not_allowed'; allowed: string[] }

interface Route {
  segments: string[]
  operations: Partial<Record<Method, Operation>>
}

const routes: Record<Version, Route[]> = {
  v1: routesOf('v1', documents.v1),
  v2: routesOf('v2', documents.v2),
}

/** Every operation of both versions. */
export const operations: Operation[] = versions.flatMap((version) =>
  routes[version].flatMap((route) => Object.values(route.operations)),
)

/**
 * The one reading of a path: what is matched here is also what goes upstream, byte for byte. What
 * could be read in two ways (A167: an escaped slash, dot or letter, an empty or dotted segment, a
 * parameter of a segment, anything but visible ASCII) is nobody's operation.
 */
export function findOperation(version: Version, method: string, path: string): Sought {
  if (isAmbiguous(path)) return { problem: 'malformed' }
  // Its address is written without the last slash as well; what follows it is the platform's to say.
  const segments = (path === '/mcp' ? '/mcp/' : path).slice(1).split('/')
  const route = routes[version].find((candidate) => fits(candidate.segments, segments))
  if (!route) return { problem: 'not_found' }
  const name = methodNames.get(method)
  const operation = name && route.operations[name]
  if (!operation) {
    const allowed = Object.keys(route.operations).map((known) => known.toUpperCase())
    return { problem: 'method_not_allowed', allowed }
  }
  const params = Object.fromEntries(
    route.segments.flatMap((part, index) =>
      isParameter(part) ? [[part.slice(1, -1), decodeURIComponent(segments[index] ?? '')]] : [],
    ),
  )
  return { operation, params }
}

// Methods are case-sensitive (RFC 9110 9.1): "get" is a method nobody has. HEAD is GET without the
// body (9.3.2), so it needs what GET needs.
const methodNames = new Map<string, Method>([
  ['HEAD', 'get'],
  ...methods.map((method) => [method.toUpperCase(), method] as const),
])

const isAmbiguous = (path: string) =>
  !/^(\/[\w.~!$&'()*+,=:@%-]+)*\/?$/.test(path) ||
  /\/\.{1,2}(\/|$)/.test(path) ||
  /%(?![0-9a-f]{2})|%(2[def]|3\d|[46][1-9a-f]|[57][\da]|5[cf]|25|[01][\da-f]|7f)/i.test(path) ||
  !isDecodable(path)

function isDecodable(path: string): boolean {
  try {
    return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(decodeURIComponent(path))
  } catch {
    return false
  }
}

function isParameter(part: string): boolean {
  return part.startsWith('{')
}

const fits = (template: string[], segments: string[]) =>
  template.length === segments.length &&
  template.every((part, index) => (isParameter(part) ? segments[index] : part === segments[index]))

function routesOf(version: Version, { paths }: Document): Route[] {
  const all = Object.entries(paths).map(([path, item]): Route => {
    const known = methods.flatMap((method) => {
      const described = item[method]
      return described ? [[method, operationOf({ version, method, path, described })]] : []
    })
    return { segments: path.slice(1).split('/'), operations: Object.fromEntries(known) }
  })
  // /runs/reviews before /runs/{run_id}: a word is meant more than a placeholder.
  const rank = ({ segments }: Route) =>
    segments.map((part) => (isParameter(part) ? '1' : '0')).join('')
  return all.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
}

function operationOf(
  operation: Pick<Operation, 'version' | 'method' | 'path' | 'described'>,
): Operation {
  const { described, path } = operation
  const alternatives = described.security.flatMap(Object.values)
  const [scopes] = alternatives
  // Without security an operation would be open to everybody: no document may say so by omission.
  if (!scopes || alternatives.some((other) => String(other) !== String(scopes))) {
    throw new Error(`The document must name the same scopes for every scheme of ${path}`)
  }
  const conditionalScopes = Object.entries(described['x-conditional-scopes'] ?? {}).map(
    ([condition, needed]) => {
      const [name = '', value = ''] = condition.split('=')
      return { name, value, scopes: needed }
    },
  )
  const isBearerOnly = !described.security.some((schemes) => 'apiKey' in schemes)
  return { ...operation, scopes, conditionalScopes, isBearerOnly }
}
