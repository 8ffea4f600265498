// Preloaded into a server by a test: a signal is a bug that nobody caught.
process.on('SIGUSR2', () => {
  void Promise.reject(new Error('a bug, in the presence of agpt_rt_0123456789abcdef'))
})
