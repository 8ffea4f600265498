import { spawn, spawnSync } from 'node:child_process'

interface Manager {
  program: string
  asRoot: boolean
  refresh?: string[]
  install: string[]
  packages: Record<Need, string[]>
}

export type Need =
  | 'Chromium'
  | 'Firefox'
  | 'PostgreSQL'
  | 'Redis'
  | 'HAProxy'
  | 'nginx'
  | 'PgBouncer'

const proxies = { HAProxy: ['haproxy'], nginx: ['nginx'], PgBouncer: ['pgbouncer'] }

const MANAGERS: Manager[] = [
  {
    program: 'apt-get',
    asRoot: true,
    refresh: ['update'],
    install: ['install', '--yes', '--no-install-recommends'],
    packages: {
      Chromium: ['chromium'],
      Firefox: ['firefox-esr'],
      PostgreSQL: ['postgresql'],
      Redis: ['redis-server'],
      ...proxies,
      nginx: ['nginx-light'],
    },
  },
  {
    program: 'dnf',
    asRoot: true,
    install: ['install', '--assumeyes'],
    packages: {
      Chromium: ['chromium'],
      Firefox: ['firefox'],
      PostgreSQL: ['postgresql-server'],
      Redis: ['redis'],
      ...proxies,
    },
  },
  {
    program: 'pacman',
    asRoot: true,
    refresh: ['-Sy'],
    install: ['-S', '--noconfirm'],
    packages: {
      Chromium: ['chromium'],
      Firefox: ['firefox'],
      PostgreSQL: ['postgresql'],
      Redis: ['redis'],
      ...proxies,
    },
  },
  {
    program: 'brew',
    asRoot: false,
    install: ['install'],
    packages: {
      Chromium: ['--cask', 'google-chrome'],
      Firefox: ['--cask', 'firefox'],
      PostgreSQL: ['postgresql@17'],
      Redis: ['redis'],
      ...proxies,
    },
  },
]

let refreshed = false

/** Installs what tests need with the system's package manager; otherwise says how a person can. */
export async function installSystemPackage(need: Need): Promise<string | undefined> {
  const manager = MANAGERS.find(({ program }) => works(program, ['--version']))
  if (!manager) return `install ${need} and run it again`
  const { program, asRoot, refresh, install, packages } = manager
  const command = [program, ...install, ...packages[need]]
  const advice = `run: ${asRoot ? 'sudo ' : ''}${command.join(' ')}`
  const prefix = privilege(manager)
  if (!prefix) return advice
  console.log(`${need} is missing: installing ${packages[need].at(-1)} with ${program} …`)
  if (refresh && !refreshed) await run([...prefix, program, ...refresh])
  refreshed = true
  return (await run([...prefix, ...command])) ? undefined : advice
}

function privilege({ asRoot }: Manager): string[] | undefined {
  if (!asRoot || process.getuid?.() === 0) return []
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined
}

// Hundreds of lines are of interest only when it fails. It must not wait for an answer.
async function run([program = '', ...args]: string[]): Promise<boolean> {
  const began = Date.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-2000)
    })
  }
  const progress = setInterval(
    () => console.log(`  ${Math.round((Date.now() - began) / 1000)} s`),
    10_000,
  )
  const code = await new Promise((resolve) => child.on('error', resolve).on('close', resolve))
  clearInterval(progress)
  if (code !== 0) console.log(output)
  return code === 0
}

/** Whether a program is on the PATH and runs. */
export function works(program: string, args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
