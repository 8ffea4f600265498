// npm run release: keeps this version's files for good, in releases/, which is committed. The server sends
// them as they are now whatever comes later, since pages pin their hashes and browsers keep them for a year.
import { cpSync, existsSync, readFileSync } from 'node:fs'
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
}
