import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import type { Database } from './database.ts'
import { lockDirectory } from './directory-lock.ts'
import { parsers, pgliteDatabase } from './pglite.ts'

/** The directory's content cannot be used and was left as it is; the message says what to do. */
export class UnusableDataDirectory extends Error {
  override name = 'UnusableDataDirectory'
}

/** The major version of PostgreSQL that PGlite is. */
export const embeddedMajor = '18'

/** Opens the database below dataDir, which is made at the first start, for this process alone. */
export async function openEmbedded({
  dataDir,
  onNotice,
}: {
  dataDir: string
  onNotice: (line: string) => void
}): Promise<Database> {
  const directory = resolve(dataDir)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const unlock = await lockDirectory(directory, { onNotice })
  try {
    const database = join(directory, 'database')
    if (isAbsent(database)) await initialise(directory, database)
    assertUsable(database)
    const pglite = await PGlite.create({ dataDir: database, parsers }).catch((error) => {
      throw unusable(database, 'does not open', error)
    })
    return pgliteDatabase(pglite, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

const isAbsent = (path: string) => !existsSync(path) || readdirSync(path).length === 0

// Beside and renamed: a kill in between leaves no half-made database where a whole one is looked for.
async function initialise(directory: string, database: string): Promise<void> {
  const beside = 'database.new-'
  for (const name of readdirSync(directory)) {
    if (name.startsWith(beside)) rmSync(join(directory, name), { recursive: true })
  }
  const fresh = join(directory, `${beside}${process.pid}`)
  const pglite = await PGlite.create({ dataDir: fresh })
  await pglite.close()
  rmSync(database, { recursive: true, force: true })
  renameSync(fresh, database)
}

function assertUsable(database: string): void {
  const versionFile = join(database, 'PG_VERSION')
  const control = join(database, 'global', 'pg_control')
  if (!existsSync(versionFile) || !existsSync(control)) {
    throw unusable(database, 'is not a whole database (PG_VERSION or global/pg_control is missing)')
  }
  const major = readFileSync(versionFile, 'utf8').trim()
  if (major !== embeddedMajor) {
    throw unusable(database, `was made by PostgreSQL ${major}, this version reads ${embeddedMajor}`)
  }
  if (statSync(control).size !== 8192) throw unusable(database, 'is damaged (global/pg_control)')
}

function unusable(database: string, why: string, cause?: unknown): UnusableDataDirectory {
  return new UnusableDataDirectory(
    `${database} ${why}. Nothing was changed. Restore a backup there, or move it away to begin empty.`,
    { cause },
  )
}
