// Preloaded into a server by a test: a signal makes it take memory until there is none.
const kept: number[][] = []
process.on('SIGUSR2', () => {
  setInterval(() => kept.push(new Array(500_000).fill(kept.length)), 2)
})
