import { createServer, type Server } from 'node:http'
import type { Logger } from 'pino'
import { collectDefaultMetrics } from 'prom-client'
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { demoSite } from '../../demo/site.ts'
import { createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { docsRedirectPath } from './gateway/docs-routes.ts'
import { createLog } from './observability/log.ts'
import type { Tracing } from './observability/tracing.ts'
import { platformScopeNames } from './provider/scopes.ts'
import { announce } from './startup/announce.ts'
import { awaitSchema } from './startup/await-schema.ts'
import { endOnCrash } from './startup/crash.ts'
import { demoClientId, registerDemoClient } from './startup/demo-client.ts'
import { registerDocsClient } from './startup/docs-client.ts'
import { drain } from './startup/drain.ts'
import { firstAdmin } from './startup/first-admin.ts'
import { listen } from './startup/listen.ts'
import { localSecret } from './startup/local-secrets.ts'
import { forgetAddress, publishAddress } from './startup/server-file.ts'
import { giveBackSpareMemory } from './startup/spare-memory.ts'
import { sweepRegularly } from './startup/sweep.ts'

/** Node looks for requests that took too long every 30 seconds, far later than our limits (A149). */
const checkOften = { connectionsCheckingInterval: 2_000 }

/** sysexits.h: EX_CONFIG. */
const badConfiguration = 78

try {
  await main()
} catch (error) {
  const lines = error instanceof ConfigError ? error.problems : [lineOf(error)]
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exit(error instanceof ConfigError ? badConfiguration : 1)
}

async function main(): Promise<void> {
  const config = readConfig()
  const log = createLog(config.logLevel)
  const servers: Server[] = []
  let draining = false
  const isDraining = () => draining
  const begin = () => {
    draining = true
  }
  endOnCrash({ log, servers, begin })
  collectDefaultMetrics()
  const tracing = await tracingOf(config, log)
  const opened = await openDatabase({ ...config, onNotice: (line) => log.info(line) })
  const db = tracing?.database(opened) ?? opened
  if (config.migrate === 'off') await awaitSchema({ config, db, log })
  else await migrate(db)
  if (config.migrate === 'only') return db.close()
  const embedded = !config.databaseUrl
  const secretKey = config.secretKey ?? (await localSecret(config.dataDir, 'secret-key'))
  const adminToken =
    config.adminToken ?? (embedded ? await localSecret(config.dataDir, 'admin-token') : undefined)

  const app = await createApp({ config, db, secretKey, adminToken, log, isDraining, tracing })
  const admin = await firstAdmin({ db, config, embedded, app })
  await giveBackSpareMemory()
  servers.push(await listen(createServer(checkOften, app.koa.callback()), config.port, config.host))
  const docs = { redirectPath: docsRedirectPath, scopes: platformScopeNames }
  await registerDocsClient(db, { issuer: config.issuer, ...docs })
  if (config.demo) {
    await registerDemoClient(db, config.demoOrigin)
    const site = demoSite({ issuer: config.issuer, clientId: demoClientId })
    servers.push(
      await listen(createServer(checkOften, site.callback()), config.port + 1, config.host),
    )
  }
  const sweeping = sweepRegularly({ db, log, onSwept: app.onSwept })
  app.watchKeys()
  app.joinOthers()
  app.sendWaitingMail()
  if (embedded) await publishAddress(config.dataDir, config)
  announce({ config, embedded, admin })

  drain({
    log,
    servers,
    seconds: config.drainSeconds,
    begin: async () => {
      begin()
      void sweeping.stop()
      if (embedded) await forgetAddress(config.dataDir)
    },
    close: async () => {
      await sweeping.stop()
      await app.close()
      await db.close()
      await tracing?.close()
    },
  })
}

/** Only who wants traces pays for what makes them. */
async function tracingOf({ otlpEndpoint }: Config, log: Logger): Promise<Tracing | undefined> {
  if (!otlpEndpoint) return undefined
  const { startTracing } = await import('./observability/tracing.ts')
  return startTracing({ endpoint: otlpEndpoint, log })
}

function lineOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
