import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { listEvents } from '#db/audit-events.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { postgresPrograms } from '#db/testing-postgres-programs.ts'
import { temporaryFolder } from './faults/folders.ts'
import { type Grantee, grantee, issueCodes } from './faults/grants.ts'
import { type Installation, install } from './faults/installation.ts'
import { Witness } from './faults/witness.ts'
import { freePort, startProcess } from './server-process.ts'

const run = promisify(execFile)
const postgresOnly = { skip: testEngine === 'pglite' && 'PostgreSQL only: pg_dump' }
const embeddedOnly = { skip: testEngine === 'postgres' && 'the embedded database only' }

const clients = new Witness()
const secretKey = 'a secret key of the test, the same for the restored one'

async function installation(t: TestContext) {
  const installed = await install(t, { nodes: 1, env: { SECRET_KEY: secretKey } })
  return { ...installed, url: installed.urls[0] ?? '', client: await grantee(installed.db) }
}

async function tokens(url: string, db: Database, client: Grantee, count: number) {
  const codes = await issueCodes(db, client, count)
  const answers = await Promise.all(codes.map((code) => clients.exchange(url, client, code)))
  return answers.map((answer) => {
    assert.equal(answer?.status, 200)
    return { access: answer.body.access_token, refresh: answer.body.refresh_token }
  })
}

async function isActive(url: string, client: Grantee, token: string | undefined) {
  const answer = await clients.introspect(url, client, token ?? '')
  assert.equal(answer?.status, 200)
  return answer.body.active
}

async function dump(t: TestContext, { databaseUrl }: Installation): Promise<string> {
  const file = join(await temporaryFolder(t), 'autogpt-sso.dump')
  await run(join(postgresPrograms(), 'pg_dump'), [databaseUrl, '--format=custom', `--file=${file}`])
  return file
}

/** As docs/operate.md says, into a database of another name. */
async function restore(t: TestContext, file: string) {
  const databaseUrl = await testDatabaseUrl(t)
  await run(join(postgresPrograms(), 'pg_restore'), [
    '--no-owner',
    '--exit-on-error',
    `--dbname=${databaseUrl}`,
    file,
  ])
  const [port, dataDir] = [await freePort(), join(file, '..', 'data')]
  const env = { DATABASE_URL: databaseUrl, DATA_DIR: dataDir, SECRET_KEY: secretKey }
  const { url } = await startProcess(t, { ...env, PORT: String(port), LOG_LEVEL: 'error' })
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(() => db.close())
  return { url, db, env }
}

/** What `npm run restored` runs. */
const restored = (env: Record<string, string>, ...flags: string[]) =>
  run(process.execPath, ['server/src/restored.ts', ...flags], {
    cwd: join(import.meta.dirname, '..', '..'),
    env: { PATH: process.env.PATH ?? '', ...env },
  })

// R23, I3
test(
  'a dump taken under load has every token that was handed out before',
  postgresOnly,
  async (t) => {
    const installed = await installation(t)
    const { url, db, client } = installed
    const before = await tokens(url, db, client, 40)
    let loaded = true
    const load = async () => {
      let refreshToken = (await tokens(url, db, client, 1))[0]?.refresh ?? ''
      while (loaded)
        refreshToken = (await clients.refresh(url, client, refreshToken))?.body.refresh_token ?? ''
    }
    const loads = [load(), load(), load(), load()]

    const file = await dump(t, installed)
    loaded = false
    await Promise.all(loads)
    const { url: restoredUrl } = await restore(t, file)

    for (const { access, refresh: refreshToken } of before) {
      assert.equal(await isActive(restoredUrl, client, access), true)
      assert.equal((await clients.refresh(restoredUrl, client, refreshToken))?.status, 200)
    }
  },
)

// R23
test(
  'an old backup brings revoked and spent tokens back, until a new epoch begins',
  postgresOnly,
  async (t) => {
    const installed = await installation(t)
    const { url, db, client } = installed
    const [revoked, spent, kept] = await tokens(url, db, client, 3)
    const file = await dump(t, installed)
    await clients.revoke(url, client, revoked?.refresh ?? '')
    await clients.refresh(url, client, spent?.refresh ?? '')
    assert.equal(await isActive(url, client, revoked?.access), false)

    const old = await restore(t, file)
    // This is what the command is for.
    assert.equal(await isActive(old.url, client, revoked?.access), true)

    const asked = await restored(old.env)
    assert.match(asked.stdout, /Would end every session.*--yes/s)
    assert.equal(await isActive(old.url, client, revoked?.access), true)

    const done = await restored(old.env, '--yes')
    assert.match(done.stdout, /Servers are connected/)
    for (const token of [revoked, spent, kept]) {
      assert.equal(await isActive(old.url, client, token?.access), false)
      assert.equal(await isActive(old.url, client, token?.refresh), false)
      const again = await clients.refresh(old.url, client, token?.refresh ?? '')
      assert.equal(again?.body.error, 'invalid_grant')
    }
    const [fresh] = await tokens(old.url, old.db, client, 1)
    assert.equal(await isActive(old.url, client, fresh?.access), true)
    const [event] = await listEvents(old.db, { limit: 1, kind: 'database.restored' })
    assert.equal(event?.details.consentsForgotten, false)
  },
)

test(
  'a copy of the embedded database is emptied in the same way, consents too if wanted',
  embeddedOnly,
  async (t) => {
    const dataDir = await temporaryFolder(t)
    const db = await openDatabase({ dataDir: join(dataDir, 'old') })
    await migrate(db)
    await issueCodes(db, await grantee(db), 3)
    await db.close()
    await cp(join(dataDir, 'old'), join(dataDir, 'copy'), { recursive: true })

    await restored({ DATA_DIR: join(dataDir, 'copy') }, '--yes', '--forget-consents')

    const copy = await openDatabase({ dataDir: join(dataDir, 'copy') })
    for (const table of ['authorization_codes', 'token_families', 'consents']) {
      assert.equal((await copy.query(`select 1 from ${table}`)).rowCount, 0, table)
    }
    assert.equal((await copy.query('select 1 from clients')).rowCount, 1)
    await copy.close()
  },
)
