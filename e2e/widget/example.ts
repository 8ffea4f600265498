import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Site } from './site.ts'

const root = join(import.meta.dirname, '../..')
const widget = join(root, 'widget')

/** A copy of one of examples/, as a developer has it; its packages come from the registry. */
export interface Example {
  read(file: string): string
  /** One of its package.json's scripts, to its end. */
  run(script: string, env?: Record<string, string>): void
  /** Its server, until that answers at the port. */
  start(port: number, env: Record<string, string>): Promise<void>
  /** A folder of it, at a site's root. */
  serveFrom(site: Site, folder: string): void
  remove(): Promise<void>
}

export function copyExample(name: string): Example {
  const folder = mkdtempSync(join(tmpdir(), `autogpt-${name}-`))
  cpSync(join(root, 'examples', name), folder, { recursive: true })
  const options = (env?: Record<string, string>) => ({
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  })
  const children: ReturnType<typeof spawn>[] = []
  return {
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    run: (script, env) => {
      install(folder)
      execFileSync('npm', ['run', script], options(env))
    },
    start: async (port, env) => {
      install(folder)
      const child = spawn(process.execPath, [join(folder, 'server.js')], options(env))
      children.push(child)
      let said = ''
      child.stderr?.on('data', (chunk) => {
        said += chunk
      })
      while (!(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))) {
        if (child.exitCode !== null) throw new Error(said)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    serveFrom: (site, from) => {
      for (const file of readdirSync(join(folder, from), { recursive: true }).map(String)) {
        const type = types[extname(file)]
        const path = file === 'index.html' ? '/' : `/${file}`
        if (type) site.serve(path, { type, body: readFileSync(join(folder, from, file), 'utf8') })
      }
    },
    remove: async () => {
      for (const child of children) {
        child.kill()
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
}

/** With this widget, not with one that was published. */
function install(folder: string): void {
  const file = join(folder, 'package.json')
  const site = JSON.parse(readFileSync(file, 'utf8'))
  if (site.dependencies['@autogpt/signin']) {
    const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: widget,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    // What prepack prints comes first.
    const [{ filename }] = JSON.parse(packed.slice(packed.indexOf('[\n')))
    site.dependencies['@autogpt/signin'] = `file:${filename}`
    writeFileSync(file, JSON.stringify(site))
  }
  // A registry may be slow for a moment.
  const quietly = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=5']
  execFileSync('npm', ['install', ...quietly], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}
