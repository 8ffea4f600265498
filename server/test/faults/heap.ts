import { writeSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Preloaded into a server by a test: a signal prints what its memory holds after a collection, in
// bytes. Resident memory says less, since it grows and shrinks as the collector likes.
setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

process.on('SIGUSR2', () => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  writeSync(2, `held ${heapUsed + external}\n`)
})
