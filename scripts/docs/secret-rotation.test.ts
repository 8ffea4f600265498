import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { basic } from '../../server/test/requests.ts'
import { freePort, startProcess } from '../../server/test/server-process.ts'
import { blankEnvironment } from '../blank-environment.ts'
import { blocksOf, root } from './markdown.ts'
import { Shell } from './shell.ts'

// A70
test('who rotates a secret as the docs say has no gap, and the new one is what is left', async (t) => {
  const { url, shell } = await start(t)
  const accepted = async (clientId: string, secret = '') => {
    const body = new URLSearchParams({ token: 'x' })
    const headers = basic({ clientId, secret })
    return (await fetch(`${url}/api/oauth/introspect`, { method: 'POST', body, headers })).status
  }

  const added = await shell.run(blockWith('app secret add'))
  const { client_id: id, client_secret: first } = JSON.parse(await shell.run('echo "$app"'))
  const second = /^client_secret +(agpt_secret_\S+)$/m.exec(added)?.[1]
  assert.deepEqual([await accepted(id, first), await accepted(id, second)], [200, 200])
  await shell.run(blockWith('app secret remove'))

  assert.deepEqual([await accepted(id, first), await accepted(id, second)], [401, 200])
})

/** A server as npm start runs it, and a shell as its keeper has it. */
async function start(t: TestContext): Promise<{ url: string; shell: Shell }> {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-rotation-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const PORT = String(await freePort())
  const env = { ...blankEnvironment(), DATA_DIR: join(folder, '.data'), PORT, DEMO: 'off' }
  const { url } = await startProcess(t, { ...env, LOG_LEVEL: 'silent' })
  const { PATH = '', HOME = '' } = process.env
  const shell = new Shell({ cwd: root, env: { ...env, PATH, HOME } })
  t.after(() => shell.close())
  return { url, shell }
}

function blockWith(command: string): string {
  const block = blocksOf('docs/integrate.md').find(({ text }) => text.includes(command))
  return block?.text ?? assert.fail(`no block has ${command}`)
}
