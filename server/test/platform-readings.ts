import { readFileSync } from 'node:fs'

/** An operation as the facts have it, which are written apart from the gateway's documents. */
export interface Fact {
  version: string
  method: string
  path: string
  scopes: string[]
}

export const facts: Fact[] = JSON.parse(
  readFileSync(new URL('./gateway-facts.json', import.meta.url), 'utf8'),
)

/** A search of one's own things (external-api.md 2): what each type needs. */
const searchScopes: Record<string, string[]> = {
  LIBRARY_AGENT: ['READ_LIBRARY'],
  WORKSPACE_FILE: ['READ_FILES'],
}

/** A platform's understanding of a request; scopes undefined: nothing it has, so a 404 of its own. */
export interface Reading {
  by: string
  scopes: string[] | undefined
}

/**
 * All the ways in which a platform may understand a request line: as it stands, and as nginx,
 * Starlette and whatever lies between them decode and tidy it. Shares no code with the gateway.
 */
export function readings(method: string, target: string): Reading[] {
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, '')
  const [path = '', query = ''] = split(origin)
  const decoded = decode(path)
  const paths = {
    'as it stands': path,
    'decoded, as Starlette does': decoded,
    'decoded twice': decode(decoded),
    'decoded and tidied, as nginx does': tidy(decoded),
    'decoded twice and tidied': tidy(decode(decoded)),
    'with segment parameters taken off': tidy(decoded.replaceAll(/;[^/]*/g, '')),
  }
  return Object.entries(paths).map(([by, read]) => ({ by, scopes: scopesOf(method, read, query) }))
}

const split = (target: string) => (target.split('#')[0] ?? '').split(/\?(.*)/s)

/** As Python and nginx decode: what is no text is kept, and so is what is no escape. */
const decode = (path: string) =>
  Buffer.from(
    path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')

function tidy(path: string): string {
  const kept: string[] = []
  for (const part of path.replaceAll('\\', '/').replace(/\0.*/s, '').split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return `/${kept.join('/')}`
}

function scopesOf(method: string, path: string, query: string): string[] | undefined {
  const asked = method.toUpperCase() === 'HEAD' ? 'GET' : method.toUpperCase()
  const found = facts
    .filter((fact) => fact.method === asked && patternOf(fact).test(path))
    // As the platform registers them: /runs/reviews before /runs/{run_id}.
    .sort((one, other) => placeholders(one) - placeholders(other))[0]
  if (found?.path !== '/search') return found?.scopes
  const types = new URLSearchParams(query).getAll('content_types')
  return [...found.scopes, ...types.flatMap((type) => searchScopes[type] ?? [])]
}

const placeholders = ({ path }: Fact) => path.split('{').length

const patternOf = ({ version, path }: Fact) =>
  new RegExp(`^/external-api/${version}${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
