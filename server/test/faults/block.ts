import { writeSync } from 'node:fs'

// Preloaded into a server by a test: a signal keeps its event loop busy for three seconds.
process.on('SIGUSR2', () => {
  const end = performance.now() + 3_000
  writeSync(2, 'the event loop is blocked now\n')
  while (performance.now() < end) {}
})
