import { setTimeout as sleep } from 'node:timers/promises'
import { inBatches } from './in-batches.ts'
import type { Held } from './lineage.ts'
import { type ProcessSize, sizeOf } from './process-size.ts'
import { Witness } from './witness.ts'

/** What contract and I6 give a node to be ready again after the cause of an outage ended. */
const recoveryMs = 5_000

/** I6: alive, and ready by itself. */
export async function violationsOfHealth(node: string): Promise<string[]> {
  const witness = new Witness()
  const live = await witness.get(node, '/health/live')
  const found = live?.status === 200 ? [] : [`I6 ${node} is not live: ${live?.status ?? 'silent'}`]
  const until = performance.now() + recoveryMs
  for (;;) {
    const ready = await witness.get(node, '/health/ready')
    if (ready?.status === 200) return found
    if (performance.now() > until) {
      return [...found, `I6 ${node} is not ready: ${ready?.status ?? 'silent'}`]
    }
    await sleep(100)
  }
}

/** I3 and I4, as its client sees it: a sample of the living, all of the dead, at every node. */
export async function violationsOfTokens(
  node: string,
  held: Held[],
  most: number,
): Promise<string[]> {
  const asked = [
    ...spread(
      held.filter(({ fate }) => fate === 'alive'),
      most,
    ),
    ...held.filter(({ fate }) => fate === 'dead'),
  ]
  const witness = new Witness()
  const wrong = await inBatches(asked, 16, async ({ token, client, fate }) => {
    const answer = await witness.introspect(node, client, token)
    if (answer?.status !== 200) return `I6 ${node} cannot introspect: ${answer?.status ?? 'silent'}`
    const active = answer.body?.active
    if (fate === 'alive' && active !== true)
      return `I3 a token that was received is dead at ${node}`
    if (fate === 'dead' && active !== false) return `I4 a revoked token is alive at ${node}`
    return undefined
  })
  return wrong.filter((violation) => violation !== undefined)
}

function spread<T>(items: T[], most: number): T[] {
  const step = Math.max(1, items.length / most)
  return items.filter((_, index) => Math.floor(index / step) > Math.floor((index - 1) / step))
}

/** Sockets that are kept alive, and what the collector has not come to. */
const allowed = { handles: 30, bytes: 150 * 1024 * 1024 }

/** I10: handles at once or soon, memory within what a collector leaves. */
export async function violationsOfSize(
  pid: number,
  before: ProcessSize,
  patienceMs = 15_000,
): Promise<string[]> {
  const until = performance.now() + patienceMs
  for (;;) {
    const now = sizeOf(pid)
    const grown = [
      ...(now.handles > before.handles + allowed.handles
        ? [`I10 process ${pid} had ${before.handles} handles, now ${now.handles}`]
        : []),
      ...(now.bytes > before.bytes + allowed.bytes
        ? [`I10 process ${pid} took ${before.bytes} bytes, now ${now.bytes}`]
        : []),
    ]
    if (grown.length === 0 || performance.now() > until) return grown
    await sleep(500)
  }
}
