import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The packages that package-lock.json wants and node_modules lacks. npm's own record of what it installed
 * is compared, and npm writes it last: an interrupted install is one that never happened.
 *
 * @param {string} root
 * @param {{ development: boolean }} options
 * @returns {string[]} paths such as node_modules/koa
 */
export function missingPackages(root, { development }) {
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'))
  return wantedPackages(root, { development })
    .filter(
      ({ path, version }) =>
        installed[path]?.version !== version || !existsSync(join(root, path, 'package.json')),
    )
    .map(({ path }) => path)
}

/**
 * What has to be there on every machine; packages for other platforms are optional in a lockfile.
 *
 * @param {string} root
 * @param {{ development: boolean }} options
 */
export function wantedPackages(root, { development }) {
  return Object.entries(packagesOf(join(root, 'package-lock.json')))
    .filter(([path, { optional, devOptional, dev }]) => {
      return path !== '' && !optional && !devOptional && (development || !dev)
    })
    .map(([path, { version }]) => ({ path, version }))
}

/**
 * @typedef {{ version: string, dev?: boolean, optional?: boolean, devOptional?: boolean }} Package
 * @param {string} lockfile
 * @returns {Record<string, Package>}
 */
function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages
  } catch {
    return {}
  }
}
