import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

/** What `npm test` has done already; a test that is run by itself may come before it. */
export function buildWidget(): void {
  const script = join(import.meta.dirname, '../scripts/build.ts')
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the widget cannot be built: ${stderr}`)
}
