// npm run bench:gateway: what the gateway adds to a call, beside a bare proxy. docs/performance.md
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { blankEnvironment } from '../../scripts/blank-environment.ts'
import { freePorts } from '../../scripts/free-ports.ts'
import { hotSpots } from '../hot-spots.ts'
import { Inspector } from '../inspector.ts'
import { type Running, run } from '../processes.ts'
import { startOnPostgres } from '../start-product.ts'
import { startDurablePostgres } from '../start-systems.ts'
import type { System } from '../system.ts'
import { countCalls, type Measured, measure, median, type Target } from './load.ts'
import { makeTokens } from './seed.ts'
import { memoryOfStreams } from './streams.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '8' },
    megabytes: { type: 'string', default: '1024' },
    profile: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const rounds = Number(values.rounds)
const megabytes = Number(values.megabytes)
const say = (line: string) => process.stdout.write(`${line}\n`)
const stops: (() => Promise<void>)[] = []

try {
  await main()
} finally {
  for (const stop of stops.reverse()) await stop()
}

async function main(): Promise<void> {
  const platform = await start('platform.ts')
  const bare = await start('bare.ts', platform.origin)
  const postgres = await startDurablePostgres()
  stops.push(() => postgres.stop())
  const server = await startOnPostgres(postgres, 'postgres', {
    environment: {
      ...blankEnvironment(),
      NODE_ENV: 'production',
      PLATFORM_API_URL: platform.origin,
    },
    root: new URL('../..', import.meta.url).pathname,
    inspect: values.profile,
  })
  stops.push(() => server.stop())
  const tokens = await makeTokens(String(server.databaseUrl), 200)
  const targets: Target[] = [
    { ...platform, name: 'direct' },
    { ...bare, name: 'bare' },
    { name: 'gateway', origin: server.origin, pid: server.pid },
  ]
  if (values.profile) return profile(server, { target: targets[2] as Target, tokens, seconds })
  for (const target of targets) await measure({ target, tokens, seconds: Math.min(1, seconds) })
  const results: Record<string, Measured>[] = []
  for (let round = 0; round < rounds; round++) {
    const measured: Record<string, Measured> = {}
    for (const target of shuffled(targets)) {
      measured[target.name] = await measure({ target, tokens, seconds })
    }
    results.push(measured)
  }
  report(results)
  const [token = ''] = tokens
  const more = await memoryOfStreams(server, token, megabytes)
  say(`${megabytes} MB down and up: ${more} MB more at the highest`)
}

/** What a call costs and where. */
async function profile({ inspector: address }: System, load: Parameters<typeof measure>[0]) {
  await measure(load)
  const inspector = await Inspector.connect(address ?? '')
  await inspector.start()
  const calls = await countCalls(load)
  const { functions, packages, ours } = hotSpots(await inspector.stop(), calls)
  inspector.close()
  for (const spots of [packages.slice(0, 15), functions.slice(0, 45), ours.slice(0, 40)]) {
    for (const { microseconds, share, name } of spots) {
      say(
        `${microseconds.toFixed(1).padStart(7)} µs ${(share * 100).toFixed(1).padStart(5)} %  ${name}`,
      )
    }
    say('')
  }
}

async function start(file: string, ...args: string[]): Promise<Running & { origin: string }> {
  const port = await freePorts()
  const origin = `http://127.0.0.1:${port}`
  const program = join(import.meta.dirname, file)
  const running = await run([program, String(port), ...args], blankEnvironment(), async () => {
    const answer = await fetch(origin, { signal: AbortSignal.timeout(500) }).catch(() => undefined)
    await answer?.arrayBuffer()
    return Boolean(answer?.ok)
  })
  stops.push(() => running.stop())
  return { ...running, origin }
}

/** Ratios are taken within one round, whatever the machine did meanwhile. */
function report(results: Record<string, Measured>[]): void {
  const of = (name: string) => results.map((round) => round[name] as Measured)
  const [direct, bare, gateway] = [of('direct'), of('bare'), of('gateway')]
  const added = results.map((_, index) => {
    const base = direct[index]?.p50 ?? 0
    return ((gateway[index]?.p50 ?? 0) - base) / ((bare[index]?.p50 ?? 0) - base)
  })
  const rate = results.map((_, index) => (gateway[index]?.rate ?? 0) / (bare[index]?.rate ?? 0))
  const cpu = (all: Measured[]) => Math.round(median(all.map((one) => one.cpu)))
  say(`CPU for a call, µs: bare ${cpu(bare)}, gateway ${cpu(gateway)}`)
  say(`added p50, to that of the bare proxy:  ${spread(added)} (wanted: at most 1.3)`)
  say(`throughput, to that of the bare proxy: ${spread(rate)} (wanted: at least 0.6)`)
}

function spread(ratios: number[]): string {
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((ratio) => ratio.toFixed(2))
  return `${median(ratios).toFixed(2)} (${least}–${most})`
}

function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
