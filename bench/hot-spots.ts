import type { CpuProfile } from './inspector.ts'

export interface HotSpot {
  /** A function and its place, or a package. */
  name: string
  /** For one operation. */
  microseconds: number
  /** Of all the time that the process was not idle. */
  share: number
}

const idle = new Set(['(idle)', '(root)'])

/** Where a process spent its time, by function and by package; self time only. */
export function hotSpots(
  profile: CpuProfile,
  operations: number,
): { functions: HotSpot[]; packages: HotSpot[] } {
  const times = selfTimes(profile)
  const byFunction = new Map<string, number>()
  const byPackage = new Map<string, number>()
  let busy = 0
  for (const { id, callFrame } of profile.nodes) {
    const time = times.get(id) ?? 0
    if (time === 0 || idle.has(callFrame.functionName)) continue
    busy += time
    addTo(byFunction, functionOf(callFrame), time)
    addTo(byPackage, packageOf(callFrame), time)
  }
  const list = (map: Map<string, number>) =>
    [...map]
      .sort(([, a], [, b]) => b - a)
      .map(([name, time]) => ({ name, microseconds: time / operations, share: time / busy }))
  return { functions: list(byFunction), packages: list(byPackage) }
}

type Frame = CpuProfile['nodes'][number]['callFrame']

function selfTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>()
  for (const [index, id] of samples.entries()) addTo(times, id, timeDeltas[index] ?? 0)
  return times
}

function addTo<Key>(map: Map<Key, number>, key: Key, time: number): void {
  map.set(key, (map.get(key) ?? 0) + time)
}

function functionOf({ functionName, url, lineNumber }: Frame): string {
  const name = functionName || '(anonymous)'
  return url ? `${name} ${shortened(url)}:${lineNumber + 1}` : name
}

function packageOf({ functionName, url }: Frame): string {
  if (url.startsWith('node:'))
    return `node:${url.split(/[:/]/)[1] === 'internal' ? 'internal' : url.slice(5)}`
  const [, found] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (found) return found
  if (/\/(server|db)\//.test(url)) return 'our own code'
  return url || functionName || '(anonymous)'
}

const shortened = (url: string) =>
  url.replace(/^.*node_modules\//, '').replace(/^.*\/(?=(server|db)\/)/, '')
