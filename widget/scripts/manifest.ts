// npm run manifest: describes the element for editors, in custom-elements.json and web-types.json, from its
// own comments. The tools stay out of the lockfile (82 packages, one with an install script) and are
// fetched into a folder of their own; widget/test/package/manifest.test.ts sees what is out of date.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { published } from './published-manifest.ts'
import { widgetFolder } from './stamp.js'

const tools = [
  '@custom-elements-manifest/analyzer@0.11.0',
  'custom-element-jet-brains-integration@1.8.0',
]
const biome = join(widgetFolder, '../node_modules/.bin/biome')
const written = ['custom-elements.json', 'web-types.json']

const webTypesScript = `
import { generateJetBrainsWebTypes } from 'custom-element-jet-brains-integration'
import { readFileSync } from 'node:fs'
const manifest = JSON.parse(readFileSync('custom-elements.json', 'utf8'))
generateJetBrainsWebTypes(manifest, { outdir: '.', fileName: 'web-types.json', packageJson: false })
`

const aside = mkdtempSync(join(tmpdir(), 'autogpt-signin-manifest-'))
const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { cwd: aside, stdio: ['ignore', 'ignore', 'inherit'] })
try {
  cpSync(join(widgetFolder, 'src'), join(aside, 'src'), { recursive: true })
  cpSync(join(widgetFolder, 'package.json'), join(aside, 'package.json'))
  run('npm', 'install', '--no-save', '--omit=dev', '--ignore-scripts', '--loglevel=error', ...tools)
  run(
    'npx',
    'cem',
    'analyze',
    '--litelement',
    '--quiet',
    '--globs',
    'src/element.ts',
    'src/events.ts',
  )
  const manifest = JSON.parse(readFileSync(join(aside, 'custom-elements.json'), 'utf8'))
  writeFileSync(join(aside, 'custom-elements.json'), JSON.stringify(published(manifest)))
  run(process.execPath, '--input-type=module', '--eval', webTypesScript)
  for (const name of written) cpSync(join(aside, name), join(widgetFolder, name))
} finally {
  rmSync(aside, { recursive: true, force: true })
}
execFileSync(biome, ['format', '--write', ...written.map((name) => join(widgetFolder, name))])
