const methods = ['get', 'post', 'put', 'patch', 'delete'] as const

interface Operation {
  security?: Record<string, string[]>[]
  [name: string]: unknown
}

type Path = Record<string, Operation>

export interface OpenApi {
  paths: Record<string, Path>
  servers?: { url: string }[]
  components?: Record<string, unknown>
  [name: string]: unknown
}

export interface Comparison {
  /** + new, - gone, ~ other scopes. */
  changes: string[]
  /** What nobody may overlook: while there is one, nothing is written. */
  problems: string[]
  merged: OpenApi
}

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
  for (const name of before.keys()) if (!after.has(name)) changes.push(`- ${name}`)
  return { changes: changes.sort(), problems: problems.sort(), merged: merge(ours, theirs) }
}

function merge(ours: OpenApi, theirs: OpenApi): OpenApi {
  const known = operationsOf(ours)
  const paths = Object.entries(theirs.paths).map(([path, item]): [string, Path] => {
    const short = shortPath(path)
    const operations = Object.entries(item).map(([method, operation]): [string, Operation] => {
      const before = known.get(`${method.toUpperCase()} ${short}`)
      return [method, before ? withOurs(operation, before) : operation]
    })
    return [short, Object.fromEntries(operations)]
  })
  const { securitySchemes } = ours.components ?? {}
  return {
    ...theirs,
    servers: ours.servers ?? [],
    paths: Object.fromEntries(paths),
    components: { ...theirs.components, securitySchemes },
  }
}

function withOurs(operation: Operation, before: Operation): Operation {
  const kept = Object.fromEntries(
    oursAlone.filter((name) => name in before).map((name) => [name, before[name]]),
  )
  const said = scopesOf(operation)
  const schemes = [...new Set((before.security ?? []).flatMap((one) => Object.keys(one)))]
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
