import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of /proc are hundredths of a second on every Linux that is not built for something special. */
const msPerTick = 10

/** User and system time of a process so far, in ms. */
export function cpuOf(pid: number): number {
  const [utime, stime] = timesOf(pid)
  return (utime + stime) * msPerTick
}

/** The same for all processes of a PostgreSQL, those that ended included. */
export function cpuOfCluster(postmaster: number): number {
  const [utime, stime, cutime, cstime] = timesOf(postmaster)
  const backends = childrenOf(postmaster).map((pid) => {
    try {
      return cpuOf(pid)
    } catch {
      return 0 // It ended between the two looks; the postmaster counts it next time.
    }
  })
  return (utime + stime + cutime + cstime) * msPerTick + backends.reduce((a, b) => a + b, 0)
}

/** Of all processes of the machine, in ms. */
export function cpuOfMachine(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]?.split(' ').map(Number) ?? []
  return (user + nice + system + irq + softirq) * msPerTick
}

/** Resident memory in MB, now and at its highest. */
export function memoryOf(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024)
  return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') }
}

function timesOf(pid: number): [number, number, number, number] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold spaces; utime is field 14.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const time = (field: number) => Number(fields[field - 3])
  return [time(14), time(15), time(16), time(17)]
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && parentOf(pid) === parent)
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

export interface Running {
  pid: number
  stop(): Promise<void>
  /** Where its profiler can be reached, if it was started so. */
  inspector: string | undefined
}

/** For a process whose profiler is wanted. */
export const inspectable = '--inspect=127.0.0.1:0'

/** Starts a program of ours and waits until it says or answers that it is ready. */
export async function run(
  args: string[],
  env: Record<string, string>,
  ready: (child: ChildProcess, output: () => string) => Promise<boolean>,
): Promise<Running> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed = (printed + chunk).slice(-20_000)
    })
  }
  while (!(await ready(child, () => printed))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${printed}`)
  }
  return {
    pid: child.pid ?? 0,
    inspector: /ws:\/\/\S+/.exec(printed)?.[0],
    async stop() {
      process.off('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
