import { setTimeout as sleep } from 'node:timers/promises'
import { freePorts } from '../scripts/free-ports.ts'
import { inspectable, memoryOf, run } from './processes.ts'
import { settled } from './settled.ts'
import { Supply } from './supply.ts'
import type { System } from './system.ts'

const main = new URL('ceiling/server.ts', import.meta.url).pathname

/** oidc-provider alone in a process of its own. */
export async function startCeiling({
  environment,
  inspect = false,
}: {
  environment: Record<string, string>
  inspect?: boolean
}): Promise<System> {
  const port = await freePorts()
  const running = await run(
    [...(inspect ? [inspectable] : []), main, String(port)],
    environment,
    async (_child, output) => {
      await sleep(20)
      return output().includes('ready\n')
    },
  )
  const origin = `http://localhost:${port}`
  await settled()
  return {
    name: 'memory',
    origin,
    pid: running.pid,
    inspector: running.inspector,
    idleMemory: memoryOf(running.pid).now,
    supply: new Supply({ make: (count) => codesOf(origin, count) }),
    databaseCpu: () => undefined,
    statements: async () => 0,
    stop: running.stop,
  }
}

async function codesOf(origin: string, count: number): Promise<string[]> {
  const answer = await fetch(`${origin}/bench/codes/${count}`, { method: 'POST' })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as string[]
}
