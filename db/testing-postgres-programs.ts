import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Where packages put them when they are not on the PATH: Debian, Red Hat, Homebrew.
const parents: [string, RegExp][] = [
  ['/usr/lib/postgresql', /^\d+$/],
  ['/usr', /^pgsql-\d+$/],
  ['/opt/homebrew/opt', /^postgresql(@\d+)?$/],
  ['/usr/local/opt', /^postgresql(@\d+)?$/],
]

/** The folder of initdb and postgres, the newest where there are several. */
export function postgresPrograms(): string {
  const folders = [...parents.flatMap(versions), ...(process.env.PATH ?? '').split(delimiter)]
  const found = folders.find((folder) =>
    ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  )
  if (found) return found
  throw new Error('No PostgreSQL found: install one, or set TEST_DATABASE_URL to a server')
}

function versions([parent, pattern]: [string, RegExp]): string[] {
  if (!existsSync(parent)) return []
  const number = (name: string) => Number(name.match(/\d+/)?.[0] ?? 0)
  const names = readdirSync(parent).filter((name) => pattern.test(name))
  return names.sort((a, b) => number(b) - number(a)).map((name) => join(parent, name, 'bin'))
}

/** Who runs it when we are root, as whom PostgreSQL refuses to run. */
export function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // No such user: the next one.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody')
}
