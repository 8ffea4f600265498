import { Connection } from './connection.ts'
import type { Step } from './operations.ts'
import { cpuOf, cpuOfMachine } from './processes.ts'
import type { System } from './system.ts'
import { connections } from './world.ts'

/** What one stretch of load on one system gave. */
export interface Round {
  operations: number
  failures: number
  firstFailure: string | undefined
  seconds: number
  /** ms, of each operation. */
  latencies: number[]
  /** ms of CPU time. */
  serverCpu: number
  databaseCpu: number | undefined
  generatorCpu: number
  /** Of everything else on the machine, which should be idle. */
  otherCpu: number
  statements: number | undefined
}

export async function runRound(
  system: System,
  {
    stepOf,
    lanes: count = connections,
  }: { stepOf: (lane: number) => Step; lanes?: number | undefined },
  seconds: number,
): Promise<Round> {
  const lanes = Array.from({ length: count }, (_, lane) => ({
    connection: new Connection(system.origin),
    step: stepOf(lane),
  }))
  const round = { latencies: [] as number[], failures: 0, firstFailure: undefined }
  // Connections are opened, pools filled and caches warmed by a little load that is not counted.
  const rehearsal = { latencies: [], failures: 0, firstFailure: undefined }
  const warmEnd = performance.now() + Math.min(200, seconds * 200)
  await Promise.all(lanes.map((lane) => work(lane, warmEnd, rehearsal)))

  // Asked outside of the CPU readings: the question itself costs the server time.
  const statements = await system.statements()
  const before = cpuTimes(system)
  const began = performance.now()
  const end = began + seconds * 1000
  await Promise.all(lanes.map((lane) => work(lane, end, round)))
  const elapsed = (performance.now() - began) / 1000
  const after = cpuTimes(system)
  const asked = difference(statements, await system.statements())
  await Promise.all(lanes.map(({ connection }) => connection.close()))
  return {
    ...round,
    operations: round.latencies.length,
    seconds: elapsed,
    serverCpu: after.server - before.server,
    databaseCpu: difference(before.database, after.database),
    generatorCpu: after.generator - before.generator,
    otherCpu: after.other - before.other,
    statements: asked,
  }
}

async function work(
  { connection, step }: { connection: Connection; step: Step },
  end: number,
  round: { latencies: number[]; failures: number; firstFailure: string | undefined },
): Promise<void> {
  let began = performance.now()
  while (began < end) {
    try {
      if (!(await step(connection))) return
      const now = performance.now()
      round.latencies.push(now - began)
      began = now
    } catch (error) {
      round.failures += 1
      round.firstFailure ??= String(error)
      began = performance.now()
    }
  }
}

function cpuTimes(system: System) {
  const { user, system: kernel } = process.cpuUsage()
  const server = cpuOf(system.pid)
  const database = system.databaseCpu()
  const generator = (user + kernel) / 1000
  const other = cpuOfMachine() - server - (database ?? 0) - generator
  return { server, database, generator, other }
}

const difference = (before: number | undefined, after: number | undefined) =>
  before === undefined || after === undefined ? undefined : after - before
