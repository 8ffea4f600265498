// npm run release: keeps this version's files for good, in releases/, which is committed. The server sends
// them as they are now whatever comes later, since pages pin their hashes and browsers keep them for a year.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import './build.ts'
import { widgetFolder } from './stamp.js'

const { version } = JSON.parse(readFileSync(join(widgetFolder, 'package.json'), 'utf8'))
const folder = join(widgetFolder, 'releases', version)

if (existsSync(folder)) {
  process.stderr.write(`${version} was released; raise the version in widget/package.json\n`)
  process.exitCode = 1
} else {
  cpSync(join(widgetFolder, 'dist/cdn'), folder, { recursive: true })
  writeFileSync(join(folder, 'integrity.json'), `${JSON.stringify(hashes(), undefined, 2)}\n`)
}

/** As pages pin them: a file of a release that is another one later is found by its test. */
function hashes(): Record<string, string> {
  const scripts = readdirSync(folder).filter((name) => /\.m?js$/.test(name))
  return Object.fromEntries(
    scripts.map((name) => {
      const hash = createHash('sha384').update(readFileSync(join(folder, name)))
      return [name, `sha384-${hash.digest('base64')}`]
    }),
  )
}
