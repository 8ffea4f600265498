// Plain JavaScript with nothing imported but Node's own: scripts/install.js asks on every start.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const widgetFolder = fileURLToPath(new URL('..', import.meta.url))

/** In dist/, written last: an interrupted build is one that never happened. */
export const stampFile = '.stamp'

/** Whether dist/ was made, to the end, of what the sources are now. */
export function isBuilt(folder = widgetFolder) {
  return read(join(folder, 'dist', stampFile)) === stampOf(folder)
}

/** Of all that has a say in the output: sources, how they are built, and with which versions. */
export function stampOf(folder = widgetFolder) {
  const hash = createHash('sha256')
  const sources = ['src', 'scripts'].flatMap((part) =>
    readdirSync(join(folder, part), { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.[jt]s$/.test(path))
      .map((path) => join(part, path))
      .sort(),
  )
  for (const path of ['package.json', ...sources]) {
    hash.update(`${path}\n${read(join(folder, path))}\n`)
  }
  for (const name of [
    'esbuild',
    'terser',
    'lit',
    'lit-html',
    'lit-element',
    '@lit/reactive-element',
  ]) {
    const manifest = read(join(folder, '../node_modules', name, 'package.json'))
    hash.update(`${name} ${manifest && JSON.parse(manifest).version}\n`)
  }
  return hash.digest('hex')
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
