import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { exchange, introspect, post, refresh } from './harness.ts'
import { freePort, startProcess } from './server-process.ts'
import { startLoad } from './topology-load.ts'
import { api, at, newApp, newUser, Person } from './topology-people.ts'

/** The last commit of the release before this one, which a rolling update comes from. */
const previous = '62b01b0bc0fefba434568706e6bb2eb70d0ce026'
const root = new URL('../..', import.meta.url).pathname

const reason = () => {
  if (testEngine === 'pglite') return 'several processes on one database'
  try {
    execFileSync('git', ['cat-file', '-e', `${previous}^{commit}`], { cwd: root, stdio: 'ignore' })
    return false
  } catch {
    return `there is no git history with ${previous} here`
  }
}
const only = { skip: reason() }

/** The previous version's main.ts, in a folder of its own. */
async function previousVersion(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'autogpt-sso-previous-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const parts = ['package.json', 'db', 'server/src', 'demo']
  const archive = execFileSync('git', ['archive', previous, ...parts], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  })
  execFileSync('tar', ['-x', '-C', folder], { input: archive })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'server/src/main.ts')
}

// R13
test('the previous version and this one serve side by side on the new schema', only, async (t) => {
  const [oldPort, newPort] = [await freePort(), await freePort()]
  const adminToken = randomBytes(24).toString('hex')
  const env = {
    ISSUER: `http://localhost:${oldPort}`,
    DATABASE_URL: await testDatabaseUrl(t),
    SECRET_KEY: randomBytes(32).toString('hex'),
    ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'silent',
  }
  const main = await previousVersion(t)
  const older = await startProcess(t, { ...env, PORT: String(oldPort) }, main)
  const place = { url: older.url, adminToken }
  const load = await startLoad(t, place)

  // Migrates while the other one is at work.
  const newer = await startProcess(t, { ...env, PORT: String(newPort) })

  for (const [one, two] of [
    [older.url, newer.url],
    [newer.url, older.url],
  ] as const) {
    await t.test(`what ${one === older.url ? 'the old' : 'the new'} one makes`, async () => {
      const app = await newApp({ ...place, url: one })
      const person = new Person({ ...place, url: one }, await newUser({ ...place, url: one }))
      const code = await person.code(app)

      const first = await exchange(at(two), app, code)
      const second = await refresh(at(one), app, first.body.refresh_token)
      const repeated = await refresh(at(two), app, first.body.refresh_token)
      const third = await refresh(at(two), app, second.body.refresh_token)

      assert.deepEqual([first.status, second.status, third.status], [200, 200, 200])
      assert.equal(repeated.body.refresh_token, second.body.refresh_token)
      assert.equal((await person.visitor.go(`${two}/account`)).status, 200)
      for (const url of [one, two]) {
        const { body } = await introspect(at(url), app, third.body.access_token)
        assert.equal(body.active, true)
      }
      await post(at(one), '/api/oauth/revoke', { token: third.body.refresh_token }, app)
      const ended = await introspect(at(two), app, third.body.access_token)
      assert.equal(ended.body.active, false)
      const other = await person.tokens(app)
      await api(place, one, ['PATCH', `/apps/${app.rowId}`], { is_active: false })
      const refused = await refresh(at(two), app, other.refresh)
      assert.equal(refused.body.error, 'invalid_client')
    })
  }
  const { failures, counts } = await load.stop()
  t.diagnostic(JSON.stringify(counts))
  assert.deepEqual(failures, [])
  assert.equal(await older.stop(), 0)
})
