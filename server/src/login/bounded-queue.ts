import { Problem } from '#web/problem.ts'

export interface QueueLimits {
  /** How many run at the same time. */
  running: number
  /** How many may wait for their turn; one more is refused at once. */
  waiting: number
  /** How long one waits before it is refused, in milliseconds. */
  patience: number
  onBusy?: (() => void) | undefined
}

/** Runs expensive work a few at a time and says 503 rather than let a crowd pile up (A151). */
export function boundedQueue({ running, waiting, patience, onBusy = () => {} }: QueueLimits) {
  const turns: (() => void)[] = []
  let active = 0

  const busy = () => {
    onBusy()
    return tooBusy()
  }
  const turn = () =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        turns.splice(turns.indexOf(start), 1)
        reject(busy())
      }, patience)
      const start = () => {
        clearTimeout(timer)
        resolve()
      }
      turns.push(start)
    })

  return async function run<T>(work: () => Promise<T>): Promise<T> {
    if (active < running) active += 1
    else if (turns.length < waiting) await turn()
    else throw busy()
    try {
      return await work()
    } finally {
      // The place is handed on, not freed: nobody who comes now overtakes those who wait.
      const next = turns.shift()
      if (next) next()
      else active -= 1
    }
  }
}

function tooBusy(): Problem {
  return new Problem(
    503,
    'busy',
    'Too many people are signing in right now. Try again in a moment.',
    {
      headers: { 'Retry-After': '2' },
    },
  )
}
