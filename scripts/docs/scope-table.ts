import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { platformScopeNames, platformScopes, type Scope } from '../../server/src/provider/scopes.ts'
import { en } from '../../server/src/web/locales/en.ts'
import { root } from './markdown.ts'

const path = join(root, 'docs/integrate.md')
const [begin, end] = ['<!-- scopes:begin -->', '<!-- scopes:end -->']

/** docs/integrate.md with the table of scopes as the code has it, beside as it is. */
export function withScopeTable(): { path: string; now: string; wanted: string } {
  const now = readFileSync(path, 'utf8')
  const [before, after] = [now.indexOf(begin), now.indexOf(end)]
  if (before < 0 || after < before) throw new Error(`${path} has lost its marks ${begin} ${end}`)
  const wanted = `${now.slice(0, before)}${begin}\n${scopeTable()}${now.slice(after)}`
  return { path, now, wanted }
}

function scopeTable(): string {
  const head = '| scope | for developers | what people read | |\n| --- | --- | --- | --- |\n'
  const rows = platformScopeNames.map((name) => {
    const scope: Scope = platformScopes[name]
    return `| \`${name}\` | ${scope.description} | ${en.scopes[name]} | ${notes(scope)} |\n`
  })
  return head + rows.join('')
}

function notes({ tier, sensitivity }: Scope): string {
  const risk = { normal: [], spends: ['spends credits'], deletes: ['can delete'] }[sensitivity]
  return [...(tier === 'legacy' ? ['legacy, v1 only'] : []), ...risk].join('; ')
}

if (import.meta.main) {
  const { path, wanted } = withScopeTable()
  writeFileSync(path, wanted)
}
