const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

interface Operation {
  security?: Record<string, string[]>[]
  [name: string]: unknown
}

type Path = Record<string, Operation>

export interface OpenApi {
  paths: Record<string, Path>
  servers?: { url: string }[]
  components?: Components
  [name: string]: unknown
}

type Components = Record<string, Record<string, unknown>>

export interface Comparison {
  /** + new, - gone, ~ other scopes. */
  changes: string[]
  /** What nobody may overlook: while there is one, nothing is written. */
  problems: string[]
  merged: OpenApi
}

/** A server of its own, which no document of the platform describes (external-api.md 9). */
const mcpPath = '/mcp/'

/** What the gateway knows of an operation, and a platform's own document often does not say. */
const oursAlone = ['security', 'x-conditional-scopes', 'x-rate-limit', 'x-idempotent']

/**
 * The platform's document in the place of ours. Where it names no scopes ours stay; a new operation
 * without any is a problem, since whoever has a credential could call it.
 */
export function compare(ours: OpenApi, theirs: OpenApi): Comparison {
  const [before, after] = [operationsOf(ours), operationsOf(theirs)]
  const changes: string[] = []
  const problems: string[] = []
  for (const [name, operation] of after) {
    const known = before.get(name)
    const said = scopesOf(operation)
    if (!known) {
      changes.push(`+ ${name}  ${said.join(' ')}`.trimEnd())
      if (said.length === 0) problems.push(`${name} is new and names no scope: give it one.`)
    } else if (said.length > 0 && said.join() !== scopesOf(known).join()) {
      changes.push(`~ ${name}  ${scopesOf(known).join(' ') || 'none'} → ${said.join(' ')}`)
    }
  }
  for (const name of before.keys()) {
    if (!after.has(name) && !name.endsWith(` ${mcpPath}`)) changes.push(`- ${name}`)
  }
  return { changes: changes.sort(), problems: problems.sort(), merged: merge(ours, theirs) }
}

function merge(ours: OpenApi, theirs: OpenApi): OpenApi {
  const known = operationsOf(ours)
  const { securitySchemes = {} } = ours.components ?? {}
  const schemes = Object.keys(securitySchemes)
  const paths = Object.entries(theirs.paths).map(([path, item]): [string, Path] => {
    const short = shortPath(path)
    const operations = Object.entries(item).map(([method, operation]): [string, Operation] => {
      const before = known.get(`${method.toUpperCase()} ${short}`)
      return [method, withOurs(operation, before, schemes)]
    })
    return [short, Object.fromEntries(operations)]
  })
  const mcp = Object.entries(ours.paths).filter(([path]) => path === mcpPath)
  return {
    ...theirs,
    servers: ours.servers ?? [],
    paths: { ...Object.fromEntries(mcp), ...Object.fromEntries(paths) },
    components: { ...withReferred(mcp, ours.components, theirs.components), securitySchemes },
  }
}

/** Theirs, and those of ours that what stays of ours refers to. */
function withReferred(kept: unknown, ours: Components = {}, theirs: Components = {}): Components {
  const all = { ...theirs }
  for (const [, section = '', name = ''] of JSON.stringify(kept).matchAll(reference)) {
    if (all[section]?.[name] !== undefined) continue
    const mine = ours[section]?.[name]
    all[section] = { ...all[section], [name]: mine }
    Object.assign(all, withReferred(mine, ours, all))
  }
  return all
}

const reference = /"#\/components\/(\w+)\/([\w.-]+)"/g

/** The scopes that the platform names, else ours; under the schemes that there are here. */
function withOurs(operation: Operation, before: Operation = {}, schemes: string[] = []): Operation {
  const kept = Object.fromEntries(
    oursAlone.filter((name) => name in before).map((name) => [name, before[name]]),
  )
  const said = scopesOf(operation)
  const security = schemes.map((scheme) => ({ [scheme]: said }))
  return { ...operation, ...kept, ...(said.length > 0 && { security }) }
}

function operationsOf(document: OpenApi): Map<string, Operation> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, item]) =>
      methods.flatMap((method): [string, Operation][] => {
        const operation = item[method]
        if (!operation) return []
        return [[`${method.toUpperCase()} ${shortPath(path)}`, operation]]
      }),
    ),
  )
}

/** Some write the whole address, some what comes after the version. */
const shortPath = (path: string): string => path.replace(/^\/external-api\/v[12](?=\/)/, '')

const scopesOf = ({ security = [] }: Operation): string[] => [
  ...new Set(security.flatMap((requirement) => Object.values(requirement).flat())),
]
