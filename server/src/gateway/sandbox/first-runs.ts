const day = 24 * 60 * 60 * 1000
const most = 1_000

/**
 * A repetition with the same Idempotency-Key gets the first run again, for 24 hours, whatever its
 * body says (external-api.md 7). In memory, which forgets the oldest of too many. None is ever in
 * flight (409), since the sandbox starts nothing.
 */
export function firstRuns(now: () => number = Date.now) {
  const runs = new Map<string, { run: object; until: number }>()
  return (name: string, fresh: object): object => {
    const first = runs.get(name)
    if (first && now() < first.until) return first.run
    runs.delete(name)
    const [oldest] = runs.size >= most ? runs.keys() : []
    if (oldest !== undefined) runs.delete(oldest)
    runs.set(name, { run: fresh, until: now() + day })
    return fresh
  }
}
