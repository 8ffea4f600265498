import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { testEngine } from '#db/testing.ts'
import { apiKeyFor } from './gateway.ts'
import { sharedServer } from './requests.ts'

const only = { skip: testEngine === 'pglite' && 'once is enough' }

const start = (version: string) => `
import createClient from 'openapi-fetch'
import type { paths } from './${version}.d.ts'

const api = createClient<paths>({
  baseUrl: process.env.API + '/external-api/${version}',
  headers: { 'X-API-Key': String(process.env.KEY) },
})
`

/** A developer's programs: what the document does not have does not compile. */
const programs = {
  v1: `${start('v1')}
const me = await api.GET('/me')
const id: string | undefined = me.data?.id
const blocks = await api.GET('/blocks')
const agents = await api.GET('/store/agents', { params: { query: { page: 1, page_size: 3 } } })
const agent = await api.GET('/store/agents/{username}/{agent_name}', {
  params: { path: { username: 'ada', agent_name: 'invoice reader' } },
})
// @ts-expect-error the second version has it
await api.GET('/graphs').catch(() => {})
// @ts-expect-error a path parameter is needed
await api.GET('/store/creators/{username}').catch(() => {})
const statuses = [me, blocks, agents, agent].map(({ response }) => response.status)
console.log(JSON.stringify({ id, statuses, items: agents.data?.agents.length }))
`,
  v2: `${start('v2')}
const me = await api.GET('/me')
const id: string | undefined = me.data?.user_id
const graphs = await api.GET('/graphs', { params: { query: { limit: 3 } } })
const search = await api.GET('/search', { params: { query: { query: 'invoices' } } })
const blocks = await api.GET('/blocks')
// @ts-expect-error there is no such operation
await api.GET('/nothing')
// @ts-expect-error a query is needed
await api.GET('/search').catch(() => {})
const statuses = [me, graphs, search, blocks].map(({ response }) => response.status)
console.log(JSON.stringify({ id, statuses, items: graphs.data?.items.length }))
`,
}

const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-client-'))
after(() => rmSync(folder, { recursive: true, force: true }))
// Not execFileSync, which would keep the server in this very process from answering.
const run = async (file: string, args: string[], env = {}): Promise<string> => {
  const options = { cwd: folder, env: { ...process.env, ...env } }
  return (await promisify(execFile)(file, args, options)).stdout
}
const installed = (name: string) => join(folder, 'node_modules/.bin', name)

/** The generator and what its clients need; why not, where npm cannot get them. */
async function install(): Promise<string | undefined> {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const packages = ['openapi-typescript@7.13.0', 'openapi-fetch@0.17.0', 'typescript@5.9.3']
  const quick = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=1']
  try {
    await run('npm', ['install', ...quick, ...packages, '@types/node'])
  } catch (error) {
    const answers = await run('npm', ['ping', '--fetch-retries=0']).catch(() => undefined)
    if (answers !== undefined) throw error
    return 'the package registry cannot be reached'
  }
  return undefined
}

let installing: Promise<string | undefined> | undefined
const server = only.skip ? undefined : await sharedServer()

for (const [version, program] of Object.entries(programs)) {
  test(
    `a typed client that is generated from the document of ${version} compiles and works`,
    only,
    async (t) => {
      installing ??= install()
      const missing = await installing
      if (missing || !server) return t.skip(missing)
      const user = await server.user()
      const { key } = await apiKeyFor(server, user, ['IDENTITY', 'READ_GRAPH', 'READ_BLOCK'])
      const document = await fetch(`${server.url}/external-api/${version}/openapi.json`)
      writeFileSync(join(folder, `${version}.json`), await document.text())
      const file = `program-${version}.ts`
      writeFileSync(join(folder, file), program)

      await run(installed('openapi-typescript'), [`${version}.json`, '-o', `${version}.d.ts`])
      const strict = ['--strict', '--noEmit', '--skipLibCheck', '--allowImportingTsExtensions']
      const modules = ['--module', 'nodenext', '--target', 'esnext', '--types', 'node']
      await run(installed('tsc'), [...strict, ...modules, file])
      const printed = await run(process.execPath, [file], { API: server.url, KEY: key })

      const { id, statuses, items } = JSON.parse(printed)
      assert.equal(id, user.id)
      assert.deepEqual(statuses, [200, 200, 200, 200])
      assert.ok(items > 0)
    },
  )
}
