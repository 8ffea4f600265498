import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import Koa from 'koa'
import type { Logger } from 'pino'
import type { Db } from '#db/database.ts'
import { assertNotTooNew } from '#db/migrate.ts'
import { readMigrations } from '#db/migrations.ts'
import { appliedMigrations, schemaState } from '#db/schema-state.ts'
import { listen } from './listen.ts'

interface Parts {
  config: { host: string; port: number }
  db: Db
  log: Logger
}

/**
 * Returns once the database has the schema of this version, which another process gives it. Until
 * then this one is alive and not ready, and neither reads nor writes anything.
 */
export async function awaitSchema({ config, db, log }: Parts): Promise<void> {
  assertNotTooNew(readMigrations(), await appliedMigrations(db))
  if ((await schemaState(db)) === 'current') return
  log.warn('the database misses a migration: waiting for a process with MIGRATE on or only')
  const server = await listen(createServer(waitingRoom().callback()), config.port, config.host)
  const stop = () => process.exit(0)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  // An outage while it waits is nothing to end for.
  while ((await schemaState(db).catch(() => 'old')) === 'old') await sleep(1000)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.off(signal, stop)
  await new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
  assertNotTooNew(readMigrations(), await appliedMigrations(db))
}

function waitingRoom(): Koa {
  const app = new Koa()
  app.silent = true
  app.use((ctx) => {
    if (ctx.path === '/health/live') {
      ctx.body = { status: 'live' }
      return
    }
    ctx.status = 503
    ctx.set('Retry-After', '5')
    ctx.body =
      ctx.path === '/health/ready'
        ? { status: 'not ready', reason: 'schema old' }
        : { error: 'temporarily_unavailable', detail: 'The database is being prepared.' }
  })
  return app
}
