import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { type Database, openDatabase } from '#db/database.ts'
import { testDatabaseUrl } from '#db/testing.ts'
import { freePort, type ServerProcess, startProcess } from '../server-process.ts'
import { temporaryFolder } from './folders.ts'

export interface Installation {
  databaseUrl: string
  /** Beside the servers: for rows that are put there and looked at. */
  db: Database
  dataDir: string
  issuer: string
  nodes: ServerProcess[]
  urls: string[]
  /** kill -9, unless it is dead already. */
  kill(index: number): Promise<void>
  /** Starts that node anew, with more in its environment. */
  restartAfterKill(index: number, env?: Record<string, string>): Promise<void>
}

interface InstallOptions {
  nodes?: number
  env?: Record<string, string>
  /** An empty database; DATABASE_URL in env is the way to it that the servers take. */
  databaseUrl?: string
}

/** Server processes as `npm start` runs them, equal, on one PostgreSQL of the test's own. */
export async function install(
  t: TestContext,
  { nodes: count = 2, env = {}, ...given }: InstallOptions = {},
): Promise<Installation> {
  const databaseUrl = given.databaseUrl ?? (await testDatabaseUrl(t))
  const dataDir = await temporaryFolder(t)
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  const issuer = `http://localhost:${ports[0]}`
  const shared = {
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ISSUER: issuer,
    LOG_LEVEL: 'error',
    ...env,
  }
  const start = (index: number, more: Record<string, string> = {}) =>
    startProcess(t, { ...shared, PORT: String(ports[index]), ...more })

  const nodes = await Promise.all(ports.map((_, index) => start(index)))
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(() => db.close())
  return {
    databaseUrl,
    db,
    dataDir,
    issuer,
    nodes,
    urls: nodes.map(({ url }) => url),
    kill: async (index) => void (await nodes[index]?.stop('SIGKILL')),
    async restartAfterKill(index, more) {
      await nodes[index]?.stop('SIGKILL')
      nodes[index] = await start(index, more)
    },
  }
}

/** For the environment of a process: a file that is run before the server, within its process. */
export const preloaded = (name: string, env: Record<string, string> = {}) => ({
  NODE_OPTIONS: `--import ${new URL(name, import.meta.url).href}`,
  ...env,
})
