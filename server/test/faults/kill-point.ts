import { writeSync } from 'node:fs'
import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import pg from 'pg'

/** Moments of a token request, in their order. Its writes may be one statement or several. */
export type KillPoint =
  | 'before a write'
  | 'write sent'
  | 'write answered'
  | 'before the answer'
  | 'answer begun'
  | 'at any moment'

/**
 * Preloaded into a server by a test: once armed by a signal, the process ends by kill -9 when it
 * passes the point for the given time.
 */
function killAt(point: KillPoint, times: number): void {
  let left = times
  let armed = false
  process.on('SIGUSR2', () => {
    armed = true
    writeSync(2, 'armed\n')
  })
  const passed = (here: KillPoint) => {
    if (armed && here === point && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
  aroundWrites(passed)
  aroundAnswers(passed)
}

const writing = /\b(redeem_codes|rotate_refresh_tokens|issue_machine_tokens)\b/

interface Queried {
  connection: { stream: Duplex }
  query(...args: unknown[]): unknown
}

function aroundWrites(passed: (point: KillPoint) => void): void {
  const prototype = pg.Client.prototype as Queried
  const original = prototype.query
  prototype.query = function (...args) {
    const [query] = args
    const text = typeof query === 'string' ? query : (query as { text?: string })?.text
    if (!text || !writing.test(text)) return original.apply(this, args)
    passed('before a write')
    const answer = original.apply(this, args)
    // The bytes leave at the end of this turn, and nothing is heard of them before the kill.
    const { stream } = this.connection
    stream.pause()
    setImmediate(() => {
      passed('write sent')
      stream.resume()
    })
    if (!(answer instanceof Promise)) return answer
    return answer.then((result) => {
      passed('write answered')
      return result
    })
  }
}

function aroundAnswers(passed: (point: KillPoint) => void): void {
  const original = ServerResponse.prototype.end
  ServerResponse.prototype.end = function (this: ServerResponse, ...args: unknown[]) {
    const isToken = this.req.url === '/api/oauth/token' && this.statusCode === 200
    if (isToken) passed('before the answer')
    const result = (original as (...args: unknown[]) => ServerResponse).apply(this, args)
    if (isToken) passed('answer begun')
    return result
  } as typeof original
}

const [point, times] = (process.env.KILL_AT ?? '').split(':')
if (point) killAt(point as KillPoint, Number(times))
