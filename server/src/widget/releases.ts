import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One file of the widget as it goes over the wire. */
export interface WidgetFile {
  type: string
  bytes: Buffer
  /** The same, made small when it was built. */
  br?: Buffer | undefined
  gzip?: Buffer | undefined
  /** Subresource Integrity, sha384. */
  integrity: string
}

export interface Release {
  version: string
  /** Its files are kept in releases/ and never change; others are what was built last. */
  isReleased: boolean
  files: Map<string, WidgetFile>
}

/**
 * The version that is built here, if it is, and those that were released before it. Once released, a
 * version is served as it was then.
 */
export function readReleases(widget: string): Release[] {
  const { version } = JSON.parse(readFileSync(join(widget, 'package.json'), 'utf8'))
  const folder = join(widget, 'releases')
  const released = existsSync(folder) ? readdirSync(folder) : []
  const built = join(widget, 'dist/cdn')
  const folders = released.map((name): [string, string] => [name, join(folder, name)])
  if (existsSync(built) && !released.includes(version)) folders.unshift([version, built])
  return folders
    .map(([version, folder]) => ({
      version,
      isReleased: folder !== built,
      files: readFiles(folder),
    }))
    .sort((one, other) => newestFirst.compare(other.version, one.version))
}

const newestFirst = new Intl.Collator('en', { numeric: true })

/** By file name; what the names end with says how it is sent. */
function readFiles(folder: string): Map<string, WidgetFile> {
  const names = readdirSync(folder)
  const read = (name: string) =>
    names.includes(name) ? readFileSync(join(folder, name)) : undefined
  const files = new Map<string, WidgetFile>()
  for (const name of names) {
    const type = typeOf(name)
    const bytes = type && read(name)
    if (!bytes) continue
    const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
    files.set(name, { type, bytes, br: read(`${name}.br`), gzip: read(`${name}.gz`), integrity })
  }
  return files
}

function typeOf(name: string): string | undefined {
  if (/\.m?js$/.test(name)) return 'text/javascript; charset=utf-8'
  return name.endsWith('.txt') ? 'text/plain; charset=utf-8' : undefined
}
