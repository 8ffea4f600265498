import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { freePort, startProcess } from './server-process.ts'
import { Visitor } from './visitor.ts'

const secretKey = 'a secret key of more than 32 characters'

async function embedded(t: TestContext) {
  const dataDir = await mkdtemp(join(tmpdir(), 'autogpt-sso-process-'))
  t.after(() => rm(dataDir, { recursive: true, force: true }))
  return { DATA_DIR: dataDir, PORT: String(await freePort()) }
}

/** Runs the server until it ends by itself. */
function run(env: Record<string, string>) {
  const main = new URL('../src/main.ts', import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(process.execPath, [main], {
    env: { PATH: process.env.PATH, DEMO: 'off', ...env },
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}

test('every problem of the configuration is named at once, and the exit code is 78', async () => {
  const { status, stderr } = run({ PORT: 'many', ADMIN_TOKEN: 'short', ISSUER: 'http://a.example' })

  assert.equal(status, 78)
  for (const name of ['PORT', 'ADMIN_TOKEN', 'ISSUER'])
    assert.match(stderr, new RegExp(`^${name}:`, 'm'))
  assert.doesNotMatch(stderr, /short|at .*\.ts/)
})

test('a first start makes secrets and an administrator, a second one keeps them', async (t) => {
  const env = await embedded(t)
  const first = await startProcess(t, env)
  const [, password] = /sign in as admin@localhost with (\S+)/.exec(first.output()) ?? []
  const token = await readFile(join(env.DATA_DIR, 'admin-token'), 'utf8')
  const server = JSON.parse(await readFile(join(env.DATA_DIR, 'server.json'), 'utf8'))
  assert.equal(await first.stop(), 0)

  const second = await startProcess(t, env)

  assert.equal((await stat(join(env.DATA_DIR, 'admin-token'))).mode & 0o777, 0o600)
  assert.equal((await stat(join(env.DATA_DIR, 'secret-key'))).mode & 0o777, 0o600)
  assert.equal(server.pid, first.pid)
  assert.doesNotMatch(second.output(), /shown this once/)
  assert.equal(await readFile(join(env.DATA_DIR, 'admin-token'), 'utf8'), token)
  const visitor = new Visitor(second.url)
  const page = await visitor.submit(await visitor.go('/login'), {
    email: 'admin@localhost',
    password: password ?? '',
  })
  assert.equal(new URL(page.url).pathname, '/account')
  assert.equal((await visitor.go('/admin')).status, 200)
})

// R22
test('a second process on the same data is refused with one line that says who holds it', async (t) => {
  const env = await embedded(t)
  const first = await startProcess(t, env)

  const { status, stderr } = run({ ...env, PORT: String(await freePort()), LOG_LEVEL: 'silent' })

  assert.equal(status, 1)
  const lines = stderr.trim().split('\n')
  assert.match(lines.at(-1) ?? '', new RegExp(`\\b${first.pid}\\b`))
  assert.doesNotMatch(stderr, /at .*\.ts:/)
})

test('a port that is taken is said in one line', async (t) => {
  const env = await embedded(t)
  await startProcess(t, env)
  const other = await embedded(t)

  const { status, stderr } = run({ ...other, PORT: env.PORT, LOG_LEVEL: 'silent' })

  assert.equal(status, 1)
  assert.match(stderr, new RegExp(`Port ${env.PORT} is taken`))
})

test('nodes that share a PostgreSQL are equal: one set-up link each way, no token made', {
  skip: testEngine === 'pglite' && 'PostgreSQL only',
}, async (t) => {
  const env = {
    DATABASE_URL: await testDatabaseUrl(t),
    SECRET_KEY: secretKey,
    DATA_DIR: await mkdtemp(join(tmpdir(), 'autogpt-sso-process-')),
    LOG_LEVEL: 'silent',
  }
  t.after(() => rm(env.DATA_DIR, { recursive: true, force: true }))
  const one = await startProcess(t, { ...env, PORT: String(await freePort()) })
  const [link] = /http:\S+\/setup\S+/.exec(one.output()) ?? []

  const visitor = new Visitor(one.url)
  const form = await visitor.go(link ?? '')
  const person = { email: 'root@example.com', name: 'Root', password: 'correct horse battery' }
  await visitor.submit(form, person)

  assert.equal((await visitor.go('/admin')).status, 200)
  const again = await new Visitor(one.url).go(link ?? '')
  assert.ok(!again.html.querySelector('[name="password"]'))
  const two = await startProcess(t, { ...env, PORT: String(await freePort()) })
  assert.doesNotMatch(two.output(), /setup/)
  const keys = (server: { url: string }) =>
    fetch(`${server.url}/.well-known/jwks.json`).then((r) => r.text())
  assert.equal(await keys(one), await keys(two))
  const answer = await fetch(`${one.url}/api/admin/apps`, {
    headers: { authorization: 'Bearer x' },
  })
  assert.equal(answer.status, 401)
})
