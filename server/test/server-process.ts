import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { noteSecrets, noteServerOutput } from './suite-log/suite-log.ts'

export interface ServerProcess {
  url: string
  pid: number
  /** What it printed so far, both streams. */
  output(): string
  /** Sends the signal and waits for the end; the exit code, or null for a kill. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** The exit code, when it has ended by itself. */
  ended(): Promise<number | null>
}

const thisVersion = new URL('../src/main.ts', import.meta.url).pathname

/** The server as a process of its own, as `npm start` runs it; ready when this returns. */
export async function startProcess(
  t: TestContext,
  env: Record<string, string>,
  main = thisVersion,
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      DEMO: 'off',
      RATE_LIMITS: 'off',
      DRAIN_SECONDS: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.after(() => child.kill('SIGKILL'))
  noteSecrets(env.SECRET_KEY, env.ADMIN_TOKEN, env.ADMIN_PASSWORD, env.ADMIN_EMAIL)
  child.stderr.on('data', noteServerOutput)
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk
    })
  }
  const url = `http://localhost:${env.PORT}`
  await ready(child, url, () => printed)
  return {
    url,
    pid: child.pid ?? 0,
    output: () => printed,
    stop: (signal = 'SIGTERM') => stopped(child, signal),
    ended: () => stopped(child),
  }
}

/** A port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

async function ready(child: ChildProcess, url: string, output: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output()}`)
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  throw new Error(`not ready: ${output()}`)
}

async function stopped(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  if (signal) child.kill(signal)
  await once(child, 'exit')
  return child.exitCode
}
