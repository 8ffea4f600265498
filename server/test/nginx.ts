import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { freePort } from './server-process.ts'
import { startProgram } from './topology-programs.ts'

interface Nginx {
  port: number
  url: string
}

/** A file of deploy/ as it stands but for what is replaced; what it must have, it must have. */
export async function startNginx(
  t: Pick<TestContext, 'after'>,
  name: string,
  replaced: [theirs: string, ours: string][],
): Promise<Nginx> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'autogpt-sso-nginx-'))
  const given = await readFile(new URL(`../../deploy/${name}`, import.meta.url), 'utf8')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join(' ')
  const all: typeof replaced = [
    ...replaced,
    ['listen 8080', `listen 127.0.0.1:${port}`],
    ['http {', `http {\n  access_log off; ${temporary}`],
  ]
  const config = all.reduce((text, [theirs, ours]) => {
    assert.ok(text.includes(theirs), `deploy/${name} has no ${theirs}`)
    return text.replace(theirs, ours)
  }, given)
  const file = join(folder, 'nginx.conf')
  await writeFile(file, config)
  const own = `daemon off; pid ${folder}/pid; error_log stderr crit;`
  const nginx = await startProgram({ program: 'nginx', args: ['-c', file, '-g', own], port })
  t.after(async () => {
    await nginx.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return { port, url: `http://localhost:${port}` }
}

/** Where a server listens, as a proxy needs it. */
export const addressOf = (url: string) => new URL(url).host.replace('localhost', '127.0.0.1')
