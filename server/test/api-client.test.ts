import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { testEngine } from '#db/testing.ts'
import { apiKeyFor } from './gateway.ts'
import { startServer } from './harness.ts'

const only = { skip: testEngine === 'pglite' && 'once is enough' }

/** A developer's program: what the document does not have does not compile. */
const program = `
import createClient from 'openapi-fetch'
import type { paths } from './api.d.ts'

const api = createClient<paths>({
  baseUrl: process.env.API + '/external-api/v2',
  headers: { 'X-API-Key': String(process.env.KEY) },
})

const me = await api.GET('/me')
const id: string | undefined = me.data?.user_id
const graphs = await api.GET('/graphs', { params: { query: { limit: 3 } } })
const search = await api.GET('/search', { params: { query: { query: 'invoices' } } })
// @ts-expect-error there is no such operation
await api.GET('/nothing')
// @ts-expect-error a query is needed
await api.GET('/search').catch(() => {})
const statuses = [me, graphs, search].map(({ response }) => response.status)
console.log(JSON.stringify({ id, statuses, items: graphs.data?.items.length }))
`

test('a typed client that is generated from the document compiles and works', only, async (t) => {
  const server = await startServer(t)
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, ['IDENTITY', 'READ_GRAPH'])
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-client-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const run = (file: string, args: string[], env = {}) =>
    execFileSync(file, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  const document = await (await fetch(`${server.url}/external-api/v2/openapi.json`)).text()
  writeFileSync(join(folder, 'v2.json'), document)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), program)
  const packages = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', 'typescript@5.9.3']
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages, '@types/node'])

  run(join(folder, 'node_modules/.bin/openapi-typescript'), ['v2.json', '-o', 'api.d.ts'])
  const strict = ['--strict', '--noEmit', '--skipLibCheck', '--allowImportingTsExtensions']
  const modules = ['--module', 'nodenext', '--target', 'esnext', '--types', 'node']
  run(join(folder, 'node_modules/.bin/tsc'), [...strict, ...modules, 'program.ts'])
  // Not run(), which would keep the server in this very process from answering.
  const { stdout } = await promisify(execFile)(process.execPath, ['program.ts'], {
    cwd: folder,
    env: { ...process.env, API: server.url, KEY: key },
  })

  const { id, statuses, items } = JSON.parse(stdout)
  assert.equal(id, user.id)
  assert.deepEqual(statuses, [200, 200, 200])
  assert.ok(items > 0)
})
