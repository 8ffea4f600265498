import { writeSync } from 'node:fs'

/**
 * Preloaded into a server by a test: the wall clock of its process is wrong by so many seconds, and
 * each signal goes on to the next of CLOCK_OFFSETS. Timers go by another clock, as they do when the
 * system's is set.
 */
function setClocks(offsets: number[]): void {
  const RealDate = Date
  let turn = 0
  const now = () => RealDate.now() + (offsets[turn] ?? 0) * 1000
  globalThis.Date = new Proxy(RealDate, {
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
    construct: (target, args) => Reflect.construct(target, args.length > 0 ? args : [now()]),
    apply: () => new RealDate(now()).toString(),
  })
  process.on('SIGUSR2', () => {
    turn += 1
    writeSync(2, `the clock is wrong by ${offsets[turn] ?? 0} s now\n`)
  })
}

const offsets = process.env.CLOCK_OFFSETS
if (offsets) setClocks(offsets.split(',').map(Number))
