import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Where packages put servers, which is not on everybody's PATH. */
const places = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin']

type SystemProgram = 'haproxy' | 'nginx' | 'pgbouncer'

/** A proxy or PgBouncer of this machine. */
export function systemProgram(name: SystemProgram): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...places]
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}

export interface Program {
  /** What it printed so far, both streams. */
  output(): string
  stop(): Promise<void>
}

interface Start {
  program: SystemProgram
  args: string[]
  port: number
  env?: Record<string, string>
  /** As whom, when not as ourselves. */
  user?: { uid: number; gid: number } | undefined
}

// Its standard input is a pipe from us, which the system closes when we end, even by kill -9.
const keeper = `"$@" & server=$!; read -r word; kill -TERM $server 2>/dev/null; wait $server`

/** Starts it and returns when it listens; it ends with this process, however that ends. */
export async function startProgram({ program, args, port, env, user }: Start): Promise<Program> {
  const path = systemProgram(program)
  if (!path) throw new Error(`There is no ${program} on this machine: install its package.`)
  const child = spawn('sh', ['-c', keeper, 'sh', path, ...args], {
    env: { ...process.env, ...env },
    ...user,
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      printed += chunk
    })
  }
  await listening(child, port).catch((error) => {
    throw new Error(`${program}: ${error.message}: ${printed.slice(-2000)}`, { cause: error })
  })
  return {
    output: () => printed,
    stop: async () => {
      if (child.exitCode !== null) return
      child.stdin.end('\n')
      await once(child, 'exit')
    },
  }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`)
    if (await accepts(port)) return
    await sleep(50)
  }
  child.stdin?.end('\n')
  throw new Error('it does not listen')
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
