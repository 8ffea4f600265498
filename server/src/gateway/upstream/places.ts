import { ApiError } from '../errors.ts'

/**
 * So many calls at a time. Whoever comes then waits in turn, though not for longer than patience in
 * milliseconds: the platform's pool would have them wait for ever behind streams that do not end.
 */
export function places({ most, patience }: { most: number; patience: number }) {
  const waiting = new Set<() => void>()
  let taken = 0

  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const start = () => {
        clearTimeout(timer)
        waiting.delete(start)
        resolve()
      }
      const timer = setTimeout(() => {
        waiting.delete(start)
        reject(tooMany())
      }, patience)
      waiting.add(start)
    })

  return {
    /** undefined: there is one at once, as there nearly always is. */
    take(): Promise<void> | undefined {
      if (taken >= most) return turn()
      taken += 1
      return undefined
    },
    /** The place is handed on, not freed: nobody who comes now overtakes those who wait. */
    leave(): void {
      if (waiting.size > 0) waiting.values().next().value?.()
      else taken -= 1
    },
  }
}

const tooMany = () =>
  new ApiError(503, 'Too many calls are under way at the platform; try again.', {
    headers: { 'Retry-After': '5' },
  })
