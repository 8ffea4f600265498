import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { isBuilt } from '../widget/scripts/stamp.js'

/**
 * Builds the sign-in button where its sources changed since the last time: in a clone, once. The server
 * starts without it, too, so a failure is told and no more.
 *
 * @param {string} root
 * @param {string} node
 * @param {(line: string) => void} say
 */
export function ensureWidget(root, node, say) {
  if (isBuilt(join(root, 'widget'))) return
  say('Building the sign-in button …')
  const { status, error, stderr } = spawnSync(node, [join(root, 'widget/scripts/build.ts')], {
    encoding: 'utf8',
  })
  if (status === 0) return
  say(`It could not be built, and /widget/ is empty: ${error?.message ?? stderr.trim()}`)
}
