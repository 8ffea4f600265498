import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Migration {
  id: string
  sql: string
  checksum: string
}

/** The migrations in folder, in the order of their names. */
export function readMigrations(folder = join(import.meta.dirname, 'migrations')): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return names.sort().map((name) => {
    // A checkout on Windows may have other line ends; the migration is the same.
    const sql = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
    const checksum = createHash('sha256').update(sql).digest('hex')
    return { id: name.slice(0, -'.sql'.length), sql, checksum }
  })
}

/**
 * expand: the version before works on unchanged, so both run side by side. contract: takes away what
 * no version in use needs any more; its file has a line `-- phase: contract`.
 */
export function phaseOf({ sql }: Migration): 'expand' | 'contract' {
  return /^-- phase: contract$/m.test(sql) ? 'contract' : 'expand'
}
