import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, openSync, readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postgresPrograms, unprivilegedUser } from './testing-postgres-programs.ts'

export interface PostgresServer {
  /** Without a database name: `${url}/postgres` addresses one; the role may create databases. */
  url: string
  /** Of the postmaster, for tests that kill it. */
  pid: number
  /** Starts it again on the same data and port, also after a kill. */
  restart(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL of our own on a free loopback port. It ends with this process, however that
 * ends, and its data goes with it. durable: with fsync, for tests that kill it. settings: further
 * ones as name=value, which win over ours. within: where its data is put.
 */
export async function startPostgres({
  durable = false,
  settings: more = [],
  within = tmpdir(),
}: {
  durable?: boolean
  settings?: string[]
  within?: string
} = {}): Promise<PostgresServer> {
  const programs = postgresPrograms()
  const user = unprivilegedUser()
  const folder = mkdtempSync(join(within, 'autogpt-sso-postgres-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const as = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } }
  const port = await freePort()
  initialise(programs, as)
  const start = () => startKeeper([programs, ...settings(port, durable, more)], as)

  let keeper = await start()
  const server: PostgresServer = {
    url: `postgres://postgres@127.0.0.1:${port}`,
    pid: keeper.pid,
    async restart() {
      await keeper.end('keep\n')
      keeper = await start()
      server.pid = keeper.pid
    },
    stop: () => keeper.end(''),
  }
  return server
}

function initialise(programs: string, as: SpawnOptions): void {
  const options = ['-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions']
  execFileSync(join(programs, 'initdb'), ['-D', 'data', '-U', 'postgres', ...options], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
}

function settings(port: number, durable: boolean, more: string[]): string[] {
  const careless = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']
  const all = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'shared_buffers=64MB',
    ...(durable ? [] : careless),
    ...more,
  ]
  return all.flatMap((setting) => ['-c', setting])
}

// Its standard input is a pipe from us, which the system closes when we end, even by kill -9.
const keeperScript = `
programs=$1; shift
"$programs/postgres" -D data "$@" & server=$!
echo $server
read -r word
if [ "$word" = keep ]; then kill -INT $server; else kill -QUIT $server; fi 2>/dev/null
wait $server
[ "$word" = keep ] || rm -rf "$PWD"`

interface Keeper {
  pid: number
  end(word: string): Promise<void>
}

async function startKeeper(args: string[], as: SpawnOptions & { cwd: string }): Promise<Keeper> {
  const log = join(as.cwd, 'log')
  const child = spawn('sh', ['-c', keeperScript, 'sh', ...args], {
    ...as,
    detached: true, // Ctrl+C is for us; we end it in order.
    stdio: ['pipe', 'pipe', openSync(log, 'a', 0o644)],
  })
  const ended = once(child, 'exit')
  const [line] = await once(child.stdout as Socket, 'data')
  const pid = Number(line)
  for (const handle of [child, child.stdin as Socket, child.stdout as Socket]) handle.unref()
  await ready({ child, pid, folder: as.cwd })
  return {
    pid,
    async end(word) {
      child.ref()
      child.stdin?.end(word)
      await ended
    },
  }
}

async function ready(server: { child: ChildProcess; pid: number; folder: string }): Promise<void> {
  const { pid, folder } = server
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const lines = read(join(folder, 'data', 'postmaster.pid')).split('\n')
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return
    if (!isAlive(pid)) break
    await sleep(50)
  }
  throw new Error(`PostgreSQL did not start: ${read(join(folder, 'log')).slice(-1000)}`)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
