import { ApiError } from '../errors.ts'

/**
 * So many calls at a time, and so many of one caller, who could otherwise have them all. Whoever comes
 * then waits in turn, though not for longer than patience in milliseconds: the platform's pool would
 * have them wait for ever behind streams that do not end.
 */
export function places({ most, each, patience }: Record<'most' | 'each' | 'patience', number>) {
  const waiting = new Set<() => void>()
  const held = new Map<string, number>()
  let taken = 0

  function count(whom: string, change: 1 | -1): void {
    const mine = (held.get(whom) ?? 0) + change
    if (mine === 0) held.delete(whom)
    else held.set(whom, mine)
  }

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
    take(whom: string): Promise<void> | undefined {
      if ((held.get(whom) ?? 0) >= each) throw tooManyOfOne(each)
      count(whom, 1)
      if (taken < most) {
        taken += 1
        return undefined
      }
      return turn().catch((error) => {
        count(whom, -1)
        throw error
      })
    },
    /** The place is handed on, not freed: nobody who comes now overtakes those who wait. */
    leave(whom: string): void {
      count(whom, -1)
      if (waiting.size > 0) waiting.values().next().value?.()
      else taken -= 1
    },
  }
}

const tooMany = () =>
  new ApiError(503, 'Too many calls are under way at the platform; try again.', {
    headers: { 'Retry-After': '5' },
  })

const tooManyOfOne = (each: number) =>
  new ApiError(429, `No more than ${each} of your calls may be under way at a time; try again.`, {
    headers: { 'Retry-After': '1' },
  })
