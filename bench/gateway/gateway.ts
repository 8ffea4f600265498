// What the gateway adds to a call, beside a bare proxy of Koa and undici that asks nothing.
import { join } from 'node:path'
import { blankEnvironment } from '../../scripts/blank-environment.ts'
import { freePorts } from '../../scripts/free-ports.ts'
import { type Running, run } from '../processes.ts'
import { startOnPostgres } from '../start-product.ts'
import { startDurablePostgres } from '../start-systems.ts'
import type { System } from '../system.ts'
import { verdict } from '../targets.ts'
import { type Measured, measure, median, type Target } from './load.ts'
import { makeTokens } from './seed.ts'
import { memoryOfStreams } from './streams.ts'

/** Of the bare proxy's. */
const wanted = { addedP50: 1.3, throughput: 0.6 }
/** MB that a body may add to the highest memory, however large it is. */
const flat = 100

export interface GatewayOptions {
  seconds: number
  rounds: number
  /** How large a body streams down and up. */
  megabytes: number
}

export interface GatewayResult {
  /** Ratios to the bare proxy, one for each round. */
  addedP50: number[]
  throughput: number[]
  /** µs of CPU for a call: the median of the rounds. */
  cpu: { bare: number; gateway: number }
  /** MB. */
  memory: number
}

export interface Stage {
  server: System
  targets: Record<'direct' | 'bare' | 'gateway', Target>
  tokens: string[]
}

/** The platform, the bare proxy and the server on PostgreSQL, for as long as work takes. */
export async function onStage<T>(inspect: boolean, work: (stage: Stage) => Promise<T>): Promise<T> {
  const stops: (() => Promise<void>)[] = []
  const started = async <Part extends { stop(): Promise<void> }>(starting: Promise<Part>) => {
    const part = await starting
    stops.push(() => part.stop())
    return part
  }
  try {
    const platform = await started(start('platform.ts'))
    const bare = await started(start('bare.ts', platform.origin))
    const postgres = await started(startDurablePostgres())
    const environment = {
      ...blankEnvironment(),
      NODE_ENV: 'production',
      PLATFORM_API_URL: platform.origin,
    }
    const root = new URL('../..', import.meta.url).pathname
    const options = { environment, root, inspect }
    const server = await started(startOnPostgres(postgres, 'postgres', options))
    const tokens = await makeTokens(String(server.databaseUrl), 200)
    const { origin, pid } = server
    const gateway = { name: 'gateway', origin, pid }
    const targets = {
      direct: { ...platform, name: 'direct' },
      bare: { ...bare, name: 'bare' },
      gateway,
    }
    return await work({ server, targets, tokens })
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Calls the platform directly, through the bare proxy and through the server, in turns. */
export function measureGateway(
  { seconds, rounds, megabytes }: GatewayOptions,
  progress: (line: string) => void,
): Promise<GatewayResult> {
  return onStage(false, async ({ server, targets, tokens }) => {
    const all = Object.values(targets)
    for (const target of all) await measure({ target, tokens, seconds: Math.min(1, seconds) })
    const results: Record<string, Measured>[] = []
    for (let round = 1; round <= rounds; round++) {
      progress(`gateway: round ${round} of ${rounds}`)
      const measured: Record<string, Measured> = {}
      for (const target of shuffled(all)) {
        measured[target.name] = await measure({ target, tokens, seconds: seconds / rounds })
      }
      results.push(measured)
    }
    progress(`gateway: ${megabytes} MB down and up`)
    const memory = await memoryOfStreams(server, String(tokens[0]), megabytes)
    return { ...ratiosOf(results), memory }
  })
}

/** Taken within one round, whatever the machine did meanwhile. */
function ratiosOf(results: Record<string, Measured>[]): Omit<GatewayResult, 'memory'> {
  const of = (round: Record<string, Measured>) => round as Record<keyof Stage['targets'], Measured>
  const rounds = results.map(of)
  const cpu = (name: keyof Stage['targets']) =>
    Math.round(median(rounds.map((round) => round[name].cpu)))
  return {
    addedP50: rounds.map(
      ({ direct, bare, gateway }) => (gateway.p50 - direct.p50) / (bare.p50 - direct.p50),
    ),
    throughput: rounds.map(({ bare, gateway }) => gateway.rate / bare.rate),
    cpu: { bare: cpu('bare'), gateway: cpu('gateway') },
  }
}

export function gatewayLines(result: GatewayResult, megabytes: number): string[] {
  const { addedP50, throughput, cpu, memory } = result
  const line = (what: string, ratios: number[], isReached: (value: number) => boolean) =>
    `${verdict(what, rounded(median(ratios)), isReached(median(ratios)))} (${spread(ratios)})`
  return [
    line(
      `gateway, added p50 at most ${wanted.addedP50} of a bare proxy's`,
      addedP50,
      (value) => value <= wanted.addedP50,
    ),
    line(
      `gateway, throughput at least ${wanted.throughput} of a bare proxy's`,
      throughput,
      (value) => value >= wanted.throughput,
    ),
    verdict(
      `gateway, at most ${flat} MB more memory for ${megabytes} MB down and up`,
      memory,
      memory <= flat,
    ),
    `gateway, µs of CPU for a call: bare proxy ${cpu.bare}, server ${cpu.gateway}`,
  ]
}

async function start(
  file: string,
  ...args: string[]
): Promise<Running & Pick<Target, 'origin' | 'pid'>> {
  const port = await freePorts()
  const origin = `http://127.0.0.1:${port}`
  const program = join(import.meta.dirname, file)
  const running = await run([program, String(port), ...args], blankEnvironment(), async () => {
    const answer = await fetch(origin, { signal: AbortSignal.timeout(500) }).catch(() => undefined)
    await answer?.arrayBuffer()
    return Boolean(answer?.ok)
  })
  return { ...running, origin }
}

const rounded = (value: number) => Number(value.toFixed(2))

const spread = (ratios: number[]) =>
  `${rounded(Math.min(...ratios))}–${rounded(Math.max(...ratios))}`

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
