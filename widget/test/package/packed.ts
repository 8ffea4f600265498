import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

const widget = join(import.meta.dirname, '../..')
const installed = join(widget, '../node_modules')

export interface Packed {
  tarball: Buffer
  /** Paths in it, without package/. */
  files: string[]
  /** A site's folder, with the package and what it needs in node_modules. */
  site: string
}

/** What `npm publish` would send, unpacked where a site has it. */
export function pack(): Packed {
  const site = mkdtempSync(join(tmpdir(), 'autogpt-signin-site-'))
  after(() => rmSync(site, { recursive: true, force: true }))
  const json = execFileSync('npm', ['pack', '--json', '--pack-destination', site], {
    cwd: widget,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // What prepack prints comes first.
  const [{ filename, files }] = JSON.parse(json.slice(json.indexOf('[\n')))
  const folder = join(site, 'node_modules/@autogpt/signin')
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['-xf', join(site, filename), '-C', folder, '--strip-components=1'])
  for (const name of ['lit', 'lit-html', 'lit-element', '@lit', '@types', 'csstype', '@vue']) {
    symlinkSync(join(installed, name), join(site, 'node_modules', name))
  }
  // Vue's own package hands on what this one of its parts declares.
  symlinkSync(join(installed, '@vue/runtime-core'), join(site, 'node_modules/vue'))
  return {
    tarball: readFileSync(join(site, filename)),
    files: files.map(({ path }: { path: string }) => path),
    site,
  }
}
