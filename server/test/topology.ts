import { randomBytes, randomUUID } from 'node:crypto'
import { chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { type Database, openDatabase } from '#db/database.ts'
import { testDatabaseUrl } from '#db/testing.ts'
import { unprivilegedUser } from '#db/testing-postgres-programs.ts'
import { freePort, type ServerProcess, startProcess } from './server-process.ts'
import { type Program, startProgram } from './topology-programs.ts'

export interface Topology {
  /** Of HAProxy, which is the issuer. */
  url: string
  nodes: ServerProcess[]
  /** Straight to PostgreSQL. */
  db: Database
  adminToken: string
  proxy: Program
  pooler: Program
  /** SIGTERM, wait for the end, start again; the exit code. */
  restart(node: number): Promise<number | null>
}

const deploy = new URL('../../deploy/', import.meta.url)

/**
 * What docker-compose.yml starts, as plain processes: PostgreSQL, PgBouncer in transaction mode, two
 * nodes, HAProxy. The files of deploy/ as they stand but for addresses. Not pooled: the nodes have
 * PostgreSQL to themselves.
 */
export async function startTopology(
  t: TestContext,
  env: Record<string, string> = {},
  { pooled = true } = {},
): Promise<Topology> {
  const databaseUrl = await testDatabaseUrl(t)
  const { pooler, pooledUrl } = await startPooler(t, databaseUrl)
  const [publicPort, ...ports] = [await freePort(), await freePort(), await freePort()]
  const url = `http://localhost:${publicPort}`
  const adminToken = randomBytes(24).toString('hex')
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-nodes-'))
  const shared = {
    ISSUER: url,
    DATABASE_URL: pooled ? pooledUrl : databaseUrl,
    DATA_DIR: dataDir,
    SECRET_KEY: randomBytes(32).toString('hex'),
    ADMIN_TOKEN: adminToken,
    TRUST_PROXY: '1',
    DRAIN_SECONDS: '3',
    LOG_LEVEL: 'warn',
    ...env,
  }
  const start = (port: number) => startProcess(t, { ...shared, PORT: String(port) })
  const nodes = await Promise.all(ports.map(start))
  const proxy = await startProxy(publicPort, ports)
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(async () => {
    await proxy.stop()
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')))
    await db.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  return {
    url,
    nodes,
    db,
    adminToken,
    proxy,
    pooler,
    restart: async (index) => {
      const code = await nodes[index]?.stop()
      nodes[index] = await start(ports[index] as number)
      return code ?? null
    },
  }
}

/** One topology for the tests of a file that do not disturb one another. */
export const sharedTopology = (
  env: Record<string, string> = {},
  options: { pooled?: boolean } = {},
) => startTopology({ after } as unknown as TestContext, env, options)

/** Where tests are skipped. */
export const noTopology = { nodes: [] as ServerProcess[] } as Topology

/** HAProxy before nodes at these ports. */
export function startProxy(port: number, [first, second]: number[]): Promise<Program> {
  return startProgram({
    program: 'haproxy',
    args: ['-f', new URL('haproxy.cfg', deploy).pathname],
    port,
    env: {
      PUBLIC_ADDRESS: `127.0.0.1:${port}`,
      NODE_1_ADDRESS: `127.0.0.1:${first}`,
      NODE_2_ADDRESS: `127.0.0.1:${second}`,
    },
  })
}

/** PgBouncer before the database at this address, with a password that only it asks for. */
async function startPooler(t: TestContext, databaseUrl: string) {
  const port = await freePort()
  const password = randomUUID()
  const folder = await mkdtemp(join(tmpdir(), 'autogpt-sso-pgbouncer-'))
  const url = new URL(databaseUrl)
  const file = (name: string) => join(folder, name)
  const given = await readFile(new URL('pgbouncer.ini', deploy), 'utf8')
  const addresses: [string, string][] = [
    ['host=database port=5432', `host=${url.hostname} port=${url.port}`],
    ['listen_addr = *', 'listen_addr = 127.0.0.1'],
    ['listen_port = 6432', `listen_port = ${port}`],
    ['/tmp/userlist.txt', file('userlist.txt')],
  ]
  const settings = addresses.reduce((text, [ours, theirs]) => {
    if (!text.includes(ours)) throw new Error(`deploy/pgbouncer.ini has no ${ours}`)
    return text.replace(ours, theirs)
  }, given)
  await writeFile(file('pgbouncer.ini'), settings)
  await writeFile(file('userlist.txt'), `"${url.username}" "${password}"\n`)
  const user = unprivilegedUser()
  if (user) await chown(folder, user.uid, user.gid)
  const pooler = await startProgram({
    program: 'pgbouncer',
    args: ['-q', file('pgbouncer.ini')],
    port,
    user,
  })
  t.after(async () => {
    await pooler.stop()
    await rm(folder, { recursive: true, force: true })
  })
  Object.assign(url, { password, port: String(port), hostname: '127.0.0.1' })
  return { pooler, pooledUrl: url.href }
}
