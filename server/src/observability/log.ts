import pino, { type Logger } from 'pino'
import pretty from 'pino-pretty'

/** JSON lines on stderr, readable lines on a terminal. Nothing secret is ever handed to it. */
export function createLog(level: string): Logger {
  if (process.stderr.isTTY) {
    const stream = pretty({ destination: 2, sync: true, ignore: 'pid,hostname', singleLine: true })
    return pino({ level }, stream)
  }
  return pino({ level }, pino.destination({ dest: 2, sync: true }))
}
