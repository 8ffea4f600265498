import { spawnSync } from 'node:child_process'

interface Manager {
  program: string
  asRoot: boolean
  refresh?: string[]
  install: string[]
  packages: Record<Need, string[]>
}

export type Need = 'Chromium' | 'PostgreSQL' | 'Redis'

const MANAGERS: Manager[] = [
  {
    program: 'apt-get',
    asRoot: true,
    refresh: ['update'],
    install: ['install', '--yes', '--no-install-recommends'],
    packages: { Chromium: ['chromium'], PostgreSQL: ['postgresql'], Redis: ['redis-server'] },
  },
  {
    program: 'dnf',
    asRoot: true,
    install: ['install', '--assumeyes'],
    packages: { Chromium: ['chromium'], PostgreSQL: ['postgresql-server'], Redis: ['redis'] },
  },
  {
    program: 'pacman',
    asRoot: true,
    refresh: ['-Sy'],
    install: ['-S', '--noconfirm'],
    packages: { Chromium: ['chromium'], PostgreSQL: ['postgresql'], Redis: ['redis'] },
  },
  {
    program: 'brew',
    asRoot: false,
    install: ['install'],
    packages: {
      Chromium: ['--cask', 'google-chrome'],
      PostgreSQL: ['postgresql@17'],
      Redis: ['redis'],
    },
  },
]

let refreshed = false

/** Installs what tests need with the system's package manager; otherwise says how a person can. */
export function installSystemPackage(need: Need): { ok: true } | { ok: false; advice: string } {
  const manager = MANAGERS.find(({ program }) => works(program, ['--version']))
  if (!manager) return { ok: false, advice: `install ${need} and run it again` }
  const prefix = privilege(manager)
  const packages = manager.packages[need]
  const advice = `run: ${[...(manager.asRoot ? ['sudo'] : []), manager.program, ...manager.install, ...packages].join(' ')}`
  if (!prefix) return { ok: false, advice }
  console.log(`${need} is missing: installing ${packages.join(' ')} with ${manager.program} …`)
  if (manager.refresh && !refreshed) run([...prefix, manager.program, ...manager.refresh])
  refreshed = true
  return run([...prefix, manager.program, ...manager.install, ...packages])
    ? { ok: true }
    : { ok: false, advice }
}

function privilege({ asRoot }: Manager): string[] | undefined {
  if (!asRoot || process.getuid?.() === 0) return []
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

// Its own progress is what a person looks at meanwhile; it must not wait for an answer.
function run([program = '', ...args]: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0
}

/** Whether a program is on the PATH and runs. */
export function works(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
