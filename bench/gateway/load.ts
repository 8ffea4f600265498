import { Connection } from '../connection.ts'
import { cpuOf } from '../processes.ts'

export interface Target {
  name: string
  origin: string
  pid: number
}

export interface Measured {
  /** µs, of one connection with one call at a time. */
  p50: number
  /** Calls a second over many connections. */
  rate: number
  /** µs of CPU time of the target's process for one of these. */
  cpu: number
}

interface Load {
  target: Target
  tokens: string[]
  seconds: number
  lanes: number
}

const path = '/external-api/v2/graphs?limit=8'

/** Calls a target over so many connections for a while; the times of all calls, in µs. */
async function times({ target, tokens, seconds, lanes }: Load): Promise<number[]> {
  const all: number[] = []
  const end = performance.now() + seconds * 1000
  const lane = async (index: number) => {
    const connection = new Connection(target.origin)
    for (let call = index; performance.now() < end; call += lanes) {
      const authorization = `Bearer ${tokens[call % tokens.length]}`
      const began = performance.now()
      const { status } = await connection.send({ method: 'GET', path, headers: { authorization } })
      if (status !== 200) throw new Error(`${target.name}: ${status}`)
      all.push((performance.now() - began) * 1000)
    }
    await connection.close()
  }
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)))
  return all
}

export async function measure(load: Omit<Load, 'lanes'>): Promise<Measured> {
  const alone = await times({ ...load, lanes: 1 })
  const before = cpuOf(load.target.pid)
  const together = await times({ ...load, lanes: 32 })
  const cpu = ((cpuOf(load.target.pid) - before) * 1000) / together.length
  return { p50: median(alone), rate: together.length / load.seconds, cpu }
}

/** How many calls there were in the time, over many connections. */
export const countCalls = async (load: Omit<Load, 'lanes'>): Promise<number> =>
  (await times({ ...load, lanes: 32 })).length

export const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
