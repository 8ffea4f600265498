import type { Server, ServerResponse } from 'node:http'
import type { Logger } from 'pino'

/** How long requests that are under way get once the ports are closed. */
const patience = 10_000

export interface Drained {
  log: Logger
  servers: Server[]
  /** Goes on serving for as long after SIGTERM, so that balancers notice that it is not ready. */
  seconds: number
  /** Makes the server say that it is not ready. */
  begin(): Promise<void>
  /** When nothing is under way any more. */
  close(): Promise<void>
}

/**
 * On SIGTERM or SIGINT: say that we are not ready, after a while take no new connections, let
 * running requests finish, then close and exit with 0. A second signal, or ten seconds of waiting
 * for requests, ends it with 1. Ctrl+C (SIGINT) is a person's, who does not want to wait.
 */
export function drain({ log, servers, seconds, begin, close }: Drained): void {
  const endConnections = servers.map(connections)
  let stopping = false
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    const wait = signal === 'SIGTERM' ? seconds * 1000 : 0
    setTimeout(() => process.exit(1), wait + patience).unref()
    await begin()
    for (const end of endConnections) end()
    await new Promise((resolve) => setTimeout(resolve, wait))
    await Promise.all(servers.map(closed))
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

/**
 * Once asked for, answers say `Connection: close`, those that are being made too, so that nobody
 * is about to send on a connection when it is closed (RFC 9112 9.6).
 */
function connections(server: Server): () => void {
  const answers = new Set<ServerResponse>()
  let ending = false
  server.prependListener('request', (_request, answer: ServerResponse) => {
    answer.shouldKeepAlive &&= !ending
    answers.add(answer)
    answer.once('close', () => answers.delete(answer))
  })
  return () => {
    ending = true
    for (const answer of answers) answer.shouldKeepAlive = false
  }
}

/** Takes no new connections; resolves when the last request was answered. */
export function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Those whose answer had begun before: they are idle when it has been sent.
    const often = setInterval(() => server.closeIdleConnections(), 50)
    server.close(() => {
      clearInterval(often)
      resolve()
    })
  })
}
