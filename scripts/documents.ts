// npm run documents -- v2 platform.json: what another OpenAPI document of the platform would change; with
// --write it takes the place of ours. The gateway enforces what stands there, so look at every line.
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compare, type OpenApi } from './documents/compare.ts'

const { values, positionals } = parseArgs({
  options: { write: { type: 'boolean' } },
  allowPositionals: true,
})
const [version = '', source = ''] = positionals
if (!/^v[12]$/.test(version) || !source) {
  console.error('npm run documents -- v1|v2 file-or-address [--write]')
  process.exit(2)
}

const file = new URL(`../server/src/gateway/documents/${version}.json`, import.meta.url)
const ours = JSON.parse(readFileSync(file, 'utf8')) as OpenApi
const text = /^https?:/.test(source)
  ? await (await fetch(source)).text()
  : readFileSync(source, 'utf8')
const { changes, problems, merged } = compare(ours, JSON.parse(text) as OpenApi)

for (const line of changes) console.log(line)
if (changes.length === 0) console.log('No operation and no scope changes.')
for (const line of problems) console.error(`! ${line}`)
if (problems.length > 0) process.exitCode = 1
else if (values.write) {
  writeFileSync(file, `${JSON.stringify(merged, null, 2)}\n`)
  console.log(`Written to ${version}.json. Now run: npm test`)
}
