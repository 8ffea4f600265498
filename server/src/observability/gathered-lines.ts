interface Destination {
  write(lines: string): void
}

/** Milliseconds for which lines wait to be written together, and characters that are enough. */
const waitMs = 20
const enough = 16 * 1024

/** error and fatal, as pino begins such a line. */
const isUrgent = (line: string) => /^\{"level":[56]0/.test(line)

/**
 * Lines of a moment in one write, which costs as much as one line. Errors are written at once, with
 * what came before; the rest when the process ends, too. Only a kill takes the last moment with it.
 */
export function gatheredLines(destination: Destination): Destination {
  let lines = ''
  const flush = () => {
    if (lines) destination.write(lines)
    lines = ''
  }
  process.on('exit', flush)
  return {
    write(line) {
      // The timer keeps no process: one that has nothing else to do ends, and then writes.
      if (!lines) setTimeout(flush, waitMs).unref()
      lines += line
      if (lines.length > enough || isUrgent(line)) flush()
    },
  }
}
