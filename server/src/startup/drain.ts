import type { Server } from 'node:http'
import type { Logger } from 'pino'

const patience = 10_000

/**
 * On SIGTERM or SIGINT: take no new connections, let running requests finish, then close and exit
 * with 0. A second signal, or ten seconds, ends it with 1.
 */
export function drain(
  log: Logger,
  servers: Server[],
  begin: () => Promise<() => Promise<void>>,
): void {
  let stopping = false
  const stop = async (signal: string) => {
    if (stopping) process.exit(1)
    stopping = true
    log.info({ signal }, 'stopping')
    setTimeout(() => process.exit(1), patience).unref()
    const close = await begin()
    await Promise.all(servers.map(closed))
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal))
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
