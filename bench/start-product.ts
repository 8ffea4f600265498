import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '#db/database.ts'
import { openEmbedded } from '#db/embedded.ts'
import { migrate } from '#db/migrate.ts'
import type { PostgresServer } from '#db/testing-postgres.ts'
import { freePorts } from '../scripts/free-ports.ts'
import { cpuOfCluster, inspectable, memoryOf, run } from './processes.ts'
import { makeCodes, seed } from './seed.ts'
import { settled } from './settled.ts'
import { Supply } from './supply.ts'
import type { System, SystemName } from './system.ts'

export interface ProductOptions {
  environment: Record<string, string>
  /** The folder of the checkout to run. */
  root: string
  inspect?: boolean
}

const adminToken = 'bench-admin-token-0123456789'

/** The server as `npm start` runs it, on a PostgreSQL database of its own. */
export async function startOnPostgres(
  postgres: PostgresServer,
  name: SystemName,
  options: ProductOptions,
): Promise<System> {
  const databaseUrl = await createDatabase(postgres)
  const server = await startServer(options, {
    DATABASE_URL: databaseUrl,
    SECRET_KEY: 'the secret key of the benchmark, which is no secret',
  })
  const idleMemory = memoryOf(server.pid).now
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  const { consentIds, clientRowId } = await seed(db)
  return {
    name,
    ...server,
    idleMemory,
    databaseUrl,
    clientRowId,
    supply: new Supply({ make: (count) => makeCodes(db, consentIds, count) }),
    databaseCpu: () => cpuOfCluster(postgres.pid),
    async stop() {
      await db.close()
      await server.stop()
    },
  }
}

/** The same on the embedded database, whose rows have to be there before: it belongs to one process. */
export async function startOnPglite(options: ProductOptions, codes: number): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-bench-'))
  const db = await openEmbedded({ dataDir })
  await migrate(db)
  const { consentIds } = await seed(db)
  const made = await makeCodes(db, consentIds, codes)
  await db.close()
  const server = await startServer(options, { DATA_DIR: dataDir })
  return {
    name: 'pglite',
    ...server,
    idleMemory: memoryOf(server.pid).now,
    supply: new Supply({ codes: made }),
    databaseCpu: () => undefined,
    async stop() {
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function createDatabase({ url }: PostgresServer): Promise<string> {
  const name = `bench_${randomUUID().replaceAll('-', '')}`
  const db = await openDatabase({ databaseUrl: `${url}/postgres`, dataDir: '' })
  await db.query(`create database ${name}`)
  await db.close()
  return `${url}/${name}`
}

async function startServer(
  { environment, root, inspect = false }: ProductOptions,
  env: Record<string, string>,
) {
  const port = await freePorts()
  const origin = `http://localhost:${port}`
  const main = join(root, 'server/src/main.ts')
  const running = await run(
    inspect ? [inspectable, main] : [main],
    {
      ...environment,
      PORT: String(port),
      DEMO: 'off',
      RATE_LIMITS: 'off',
      ADMIN_TOKEN: adminToken,
      ...env,
    },
    () => isReady(origin),
  )
  await settled()
  return {
    origin,
    pid: running.pid,
    inspector: running.inspector,
    statements: () => statementsOf(origin),
    stop: running.stop,
  }
}

async function isReady(origin: string): Promise<boolean> {
  const answer = await fetch(`${origin}/health/ready`).catch(() => undefined)
  if (!answer?.ok) await sleep(50)
  return Boolean(answer?.ok)
}

async function statementsOf(origin: string): Promise<number | undefined> {
  const answer = await fetch(`${origin}/metrics`, {
    headers: { authorization: `Bearer ${adminToken}` },
  })
  const count = /^sso_database_statements_total(?:\{.*\})? (\S+)$/m.exec(await answer.text())?.[1]
  return count === undefined ? undefined : Number(count)
}
