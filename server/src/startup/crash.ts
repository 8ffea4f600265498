import type { Server } from 'node:http'
import type { Logger } from 'pino'
import { closed } from './drain.ts'

/** How long requests that are under way get: their state may be what broke. */
const patience = 2_000

/**
 * An error that nobody caught leaves a process nobody can vouch for: it says so, takes no more
 * requests, lets those under way end and exits with 1, so that it is started again (R25). Rejected
 * promises that nobody awaits come here too, by Node's default.
 */
export function endOnCrash({ log, servers, begin }: Crashed): void {
  let crashed = false
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'an error that nobody caught: the server ends')
    if (crashed) process.exit(1)
    crashed = true
    setTimeout(() => process.exit(1), patience)
    void end(servers, begin)
  })
}

interface Crashed {
  log: Logger
  /** Those that listen by then. */
  servers: Server[]
  /** Makes the server say that it is not ready. */
  begin(): void
}

async function end(servers: Server[], begin: () => void): Promise<void> {
  begin()
  await Promise.all(servers.map(closed))
  process.exit(1)
}
