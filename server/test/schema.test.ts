import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '#db/database.ts'
import { readMigrations } from '#db/migrations.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort, startProcess } from './server-process.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }
const main = new URL('../src/main.ts', import.meta.url).pathname

async function place(t: TestContext) {
  const databaseUrl = await testDatabaseUrl(t)
  const env = {
    PORT: String(await freePort()),
    DATABASE_URL: databaseUrl,
    SECRET_KEY: 'a secret key of more than 32 characters',
    ADMIN_TOKEN: 'schema-admin-token-0123456789',
    DEMO: 'off',
    LOG_LEVEL: 'silent',
  }
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(() => db.close())
  return { db, env, url: `http://localhost:${env.PORT}` }
}

const run = (env: Record<string, string>) =>
  spawnSync(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })

async function answer(url: string): Promise<Response> {
  for (let tries = 0; tries < 300; tries++) {
    const response = await fetch(url).catch(() => undefined)
    if (response) return response
    await sleep(100)
  }
  throw new Error(`${url} does not answer`)
}

// R15
test(
  'MIGRATE=off leaves an old schema alone, not ready until another migrates it',
  only,
  async (t) => {
    const { db, env, url } = await place(t)
    const child = spawn(process.execPath, [main], {
      env: { PATH: process.env.PATH, ...env, MIGRATE: 'off' },
      stdio: 'ignore',
    })
    t.after(() => child.kill('SIGKILL'))

    const ready = await answer(`${url}/health/ready`)
    const page = await fetch(`${url}/login`)

    assert.equal(ready.status, 503)
    assert.deepEqual(await ready.json(), { status: 'not ready', reason: 'schema old' })
    assert.equal(page.status, 503)
    assert.match(page.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal((await fetch(`${url}/health/live`)).status, 200)
    assert.deepEqual((await db.query(`select to_regclass('accounts') as found`)).rows, [
      { found: null },
    ])
    assert.equal(run({ ...env, MIGRATE: 'only' }).status, 0)
    while ((await answer(`${url}/health/ready`)).status !== 200) await sleep(100)
    assert.equal((await fetch(`${url}/login`)).status, 200)
    child.kill('SIGINT')
    assert.deepEqual(await once(child, 'exit'), [0, null])
  },
)

// R15
test('a schema that lost something is refused, also by one that runs already', only, async (t) => {
  const { db, env, url } = await place(t)
  const server = await startProcess(t, env)

  await db.query(
    `insert into schema_migrations (id, checksum, phase) values ('9999-less', 'x', 'contract')`,
  )

  const ready = await fetch(`${url}/health/ready`)
  assert.equal(ready.status, 503)
  assert.deepEqual(await ready.json(), { status: 'not ready', reason: 'schema new' })
  await server.stop()
  for (const MIGRATE of ['on', 'off', 'only']) {
    const { status, stderr } = run({ ...env, MIGRATE })
    assert.equal(status, 1)
    assert.match(stderr, /^The database has migration 9999-less[^\n]*\n$/)
  }
})

test('a schema that only grew is no reason to stop, nor not to start', only, async (t) => {
  const { db, env, url } = await place(t)
  const first = await startProcess(t, env)

  await db.query(
    `insert into schema_migrations (id, checksum, phase) values ('9999-more', 'x', 'expand')`,
  )

  assert.equal((await fetch(`${url}/health/ready`)).status, 200)
  assert.equal(await first.stop(), 0)
  await startProcess(t, { ...env, MIGRATE: 'off' })
  assert.equal(readMigrations().at(-1)?.id === '9999-more', false)
})
