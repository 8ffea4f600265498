/** So many failures in a row, without one success between them. */
const patience = 10
/** Milliseconds for which nobody is sent there; then the next one tries. */
const restMs = 1_000

/**
 * Spares a platform that does not answer, and those who would wait for it: after several failures in
 * a row everybody is refused at once for a second, then a single request tries again.
 */
export function breaker(now: () => number = () => performance.now()) {
  let failures = 0
  let triesAgainAt = 0
  return {
    isOpen(): boolean {
      if (failures < patience) return false
      if (now() < triesAgainAt) return true
      triesAgainAt = now() + restMs
      return false
    },
    failed(): void {
      failures += 1
      triesAgainAt = now() + restMs
    },
    worked(): void {
      failures = 0
    },
  }
}
