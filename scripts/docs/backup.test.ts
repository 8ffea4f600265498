import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort, startProcess } from '../../server/test/server-process.ts'
import { blankEnvironment } from '../blank-environment.ts'
import { blocksOf } from './markdown.ts'
import { Shell } from './shell.ts'

test('what the docs say of backups brings everything back', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-backup-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const shell = new Shell({ cwd: folder, env: { PATH: process.env.PATH ?? '' } })
  t.after(() => shell.close())
  const dataDir = join(folder, '.data')
  const env = { ...blankEnvironment(), DATA_DIR: dataDir, DEMO: 'off', LOG_LEVEL: 'silent' }
  const start = async () => startProcess(t, { ...env, PORT: String(await freePort()) })
  const keys = async (url: string) => (await fetch(`${url}/.well-known/jwks.json`)).text()

  const before = await start()
  const keysBefore = await keys(before.url)
  await before.stop()
  await shell.run(commandOf('tar -czf'))
  renameSync(dataDir, join(folder, 'moved-away'))
  await shell.run(commandOf('tar -xzf'))
  const after = await start()

  assert.equal(await keys(after.url), keysBefore)
  assert.doesNotMatch(after.output(), /shown this once/)
  assert.equal(await after.stop(), 0)
})

function commandOf(begins: string): string {
  const block = blocksOf('docs/operate.md').find(({ text }) => text.startsWith(begins))
  return block?.text ?? assert.fail(`no block ${begins}`)
}
