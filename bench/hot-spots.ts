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

/**
 * Where a process spent its time: by function and by package itself, by functions of ours with all
 * that they call until they wait.
 */
export function hotSpots(
  profile: CpuProfile,
  operations: number,
): { functions: HotSpot[]; packages: HotSpot[]; ours: HotSpot[] } {
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
  const ours = list(timesWithCallees(profile, times))
  return { functions: list(byFunction), packages: list(byPackage), ours }
}

type Frame = CpuProfile['nodes'][number]['callFrame']

function selfTimes({ samples, timeDeltas }: CpuProfile): Map<number, number> {
  const times = new Map<number, number>()
  for (const [index, id] of samples.entries()) addTo(times, id, timeDeltas[index] ?? 0)
  return times
}

function timesWithCallees(profile: CpuProfile, selfTime: Map<number, number>): Map<string, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const total = new Map<string, number>()
  // A function that calls itself counts once.
  const walk = (id: number, above: ReadonlySet<string>): number => {
    const node = nodes.get(id)
    if (!node) return 0
    const name = isOurs(node.callFrame) ? functionOf(node.callFrame) : undefined
    const known = name === undefined || above.has(name) ? above : new Set([...above, name])
    const below = (node.children ?? []).reduce((sum, child) => sum + walk(child, known), 0)
    const time = (selfTime.get(id) ?? 0) + below
    if (name !== undefined && known !== above) addTo(total, name, time)
    return time
  }
  const [root] = profile.nodes
  if (root) walk(root.id, new Set())
  return total
}

const isOurs = ({ url }: Frame) => !url.includes('node_modules/') && /\/(server|db)\//.test(url)

function addTo<Key>(map: Map<Key, number>, key: Key, time: number): void {
  map.set(key, (map.get(key) ?? 0) + time)
}

function functionOf({ functionName, url, lineNumber }: Frame): string {
  const name = functionName || '(anonymous)'
  return url ? `${name} ${shortened(url)}:${lineNumber + 1}` : name
}

function packageOf(callFrame: Frame): string {
  const { functionName, url } = callFrame
  if (url.startsWith('node:'))
    return `node:${url.split(/[:/]/)[1] === 'internal' ? 'internal' : url.slice(5)}`
  const [, found] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (found) return found
  if (isOurs(callFrame)) return 'our own code'
  return url || functionName || '(anonymous)'
}

const shortened = (url: string) =>
  url.replace(/^.*node_modules\//, '').replace(/^.*\/(?=(server|db)\/)/, '')
