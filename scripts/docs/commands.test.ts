import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type ServerProcess, startProcess } from '../../server/test/server-process.ts'
import { blankEnvironment } from '../blank-environment.ts'
import { freePorts } from '../free-ports.ts'
import { type Block, blocksOf, documents, root } from './markdown.ts'
import { Reader } from './reader.ts'

/** Commands of the docs that this file does not run: where they stand, how they begin, and why. */
const notRunHere: [document: string, begins: string, why: string][] = [
  ['README.md', 'npm start', 'scripts/fresh-clone.ts runs it in an empty clone'],
  ['README.md', 'npm test', 'it runs this test'],
  ['README.md', 'npm install --no-save', 'runs until it is stopped: example.test.ts'],
  ['CONTRIBUTING.md', 'npm start', 'npm test, which runs this test, is among them'],
  ['CONTRIBUTING.md', 'node_modules/.bin/node --test', 'tests, which run anyway'],
  ['docs/operate.md', 'tar -czf', 'the server is stopped for it: backup.test.ts'],
  ['docs/operate.md', 'tar -xzf', 'the server is stopped for it: backup.test.ts'],
  ['docs/operate.md', 'pg_dump', 'wants a PostgreSQL of its reader'],
  ['docs/operate.md', 'pg_restore', 'wants a PostgreSQL of its reader'],
  ['docs/operate.md', 'npm run --silent restored', 'the server is stopped for it: restore.test.ts'],
  ['docs/operate.md', 'echo "POSTGRES_PASSWORD=', 'wants Docker, and writes a file .env'],
  ['docs/operate.md', 'docker compose build', 'wants Docker: topology-restart.test.ts'],
]

const person = { email: 'ada@example.com', password: 'correct horse battery staple' }
const shells = documents.flatMap(blocksOf).filter(({ language }) => language === 'sh')
const isListed = ({ document, text }: Block) =>
  notRunHere.some(([where, begins]) => where === document && text.startsWith(begins))

test('every command that is not run here has its reason, and every reason its command', () => {
  for (const [document, begins] of notRunHere) {
    const found = shells.filter(
      (block) => block.document === document && block.text.startsWith(begins),
    )
    assert.equal(found.length, 1, `${document}: ${begins}`)
  }
})

test('the commands of every document do what it says', async (t) => {
  const { server, env } = await start(t)

  await t.test('npm start prints what README.md shows', () => assertPrinted(server))
  for (const document of documents) {
    if (!shells.some((block) => block.document === document && !isListed(block))) continue
    await t.test(document, (t) => workThrough(t, document, { url: server.url, env }))
  }
})

async function workThrough(
  t: TestContext,
  document: string,
  world: { url: string; env: Record<string, string> },
): Promise<void> {
  const reader = new Reader({ ...world, cwd: root, person })
  t.after(() => reader.close())
  let before: Block | undefined
  for (const block of blocksOf(document)) {
    if (block.language === 'sh' && !isListed(block)) await reader.paste(block)
    if (block.language === 'json' && before?.language === 'sh') reader.compare(block)
    before = block
  }
}

/** The server as npm start runs it, with Ada in it. */
async function start(
  t: TestContext,
): Promise<{ server: ServerProcess; env: Record<string, string> }> {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-docs-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const DATA_DIR = join(folder, '.data')
  const env = { ...blankEnvironment(), DATA_DIR, PORT: String(await freePorts()) }
  const server = await startProcess(t, { ...env, LOG_LEVEL: 'warn' })
  const shellEnv = { ...env, PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' }
  const reader = new Reader({ url: server.url, cwd: root, env: shellEnv, person })
  const create = `npm run --silent cli -- user create --name "Ada Lovelace"`
  const text = `${create} --email ${person.email} --password "${person.password}"`
  await reader.paste({ document: '', line: 0, language: 'sh', text })
  reader.close()
  return { server, env: shellEnv }
}

function assertPrinted(server: ServerProcess): void {
  const port = Number(new URL(server.url).port)
  const shown = blocksOf('README.md').find(({ language }) => language === '')
  for (const line of shown?.text.split('\n').filter(Boolean) ?? assert.fail('no output is shown')) {
    const words = line.replace(':4000', `:${port}`).replace(':4001', `:${port + 1}`)
    const pattern = words.split('…').map(RegExp.escape).join('.*')
    assert.match(server.output(), new RegExp(`^${pattern}$`, 'm'))
  }
}
