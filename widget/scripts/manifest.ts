// npm run manifest: describes the element for editors, in custom-elements.json and web-types.json, from its
// own comments. The analyzer stays out of the lockfile (82 packages, one with an install script) and is
// fetched into a folder of its own; widget/test/package/manifest.test.ts sees what is out of date.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Manifest, published } from './published-manifest.ts'
import { widgetFolder } from './stamp.js'
import { webTypesOf } from './web-types.ts'

const analyzer = '@custom-elements-manifest/analyzer@0.11.0'
const sources = ['element', 'events'].map((name) => `src/${name}.ts`)
const { version } = JSON.parse(readFileSync(join(widgetFolder, 'package.json'), 'utf8'))

const manifest = published(analyzed())
write('custom-elements.json', manifest)
write('web-types.json', webTypesOf(manifest, version))

function analyzed(): Manifest {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-signin-manifest-'))
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    cpSync(join(widgetFolder, 'src'), join(folder, 'src'), { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    run('npm', 'install', '--no-save', '--ignore-scripts', '--loglevel=error', analyzer)
    run(
      process.execPath,
      'node_modules/@custom-elements-manifest/analyzer/cem.js',
      'analyze',
      '--litelement',
      '--quiet',
      '--globs',
      ...sources,
    )
    return JSON.parse(readFileSync(join(folder, 'custom-elements.json'), 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function write(name: string, content: object): void {
  const file = join(widgetFolder, name)
  writeFileSync(file, JSON.stringify(content))
  execFileSync(join(widgetFolder, '../node_modules/.bin/biome'), ['format', '--write', file])
}
