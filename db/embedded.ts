import {
  accessSync,
  chmodSync,
  constants,
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
import { type LockOptions, lockDirectory } from './directory-lock.ts'
import { parsers, pgliteDatabase } from './pglite.ts'

/** The directory cannot be used, and nothing in it was removed; the message says what to do. */
export class UnusableDataDirectory extends Error {
  override name = 'UnusableDataDirectory'
}

/** The major version of PostgreSQL that PGlite is. */
export const embeddedMajor = '18'

/** Opens the database below dataDir, which is made at the first start, for this process alone. */
export async function openEmbedded({
  dataDir,
  ...lockOptions
}: LockOptions & { dataDir: string }): Promise<Database> {
  const directory = resolve(dataDir)
  makeWritable(directory)
  const unlock = await lockDirectory(directory, lockOptions)
  try {
    const database = join(directory, 'database')
    if (isAbsent(database)) await initialise(directory, database)
    assertUsable(database)
    keepToOwner(database)
    return pgliteDatabase(await open(database), unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

function makeWritable(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const { message } = cause as Error
    throw new UnusableDataDirectory(
      `The data directory ${directory} cannot be used (${message}): make it writable for this ` +
        'user, or set DATA_DIR to another one.',
      { cause },
    )
  }
}

/**
 * PGlite makes files that anybody may read and write, and only a data directory that we made ourselves
 * is closed to others. PostgreSQL wants its own closed, too.
 */
function keepToOwner(database: string): void {
  try {
    chmodSync(database, 0o700)
  } catch (error) {
    // A mounted volume may belong to another user; who gets in is then decided there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error
  }
}

const isAbsent = (path: string) => !existsSync(path) || readdirSync(path).length === 0

// Beside and renamed: a kill in between leaves no half-made database where a whole one is looked
// for. What it left beside never held anything.
async function initialise(directory: string, database: string): Promise<void> {
  const beside = 'database.new-'
  for (const name of readdirSync(directory)) {
    if (name.startsWith(beside)) rmSync(join(directory, name), { recursive: true })
  }
  const fresh = join(directory, `${beside}${process.pid}`)
  mkdirSync(fresh, { mode: 0o700 })
  const pglite = await PGlite.create({ dataDir: fresh })
  await pglite.close()
  rmSync(database, { recursive: true, force: true })
  renameSync(fresh, database)
}

// PGlite would make a new database over what is left of an old one.
function assertUsable(database: string): void {
  const versionFile = join(database, 'PG_VERSION')
  const control = join(database, 'global', 'pg_control')
  if (!existsSync(versionFile) || !existsSync(control)) {
    throw unusable(database, 'is not a whole database (PG_VERSION or global/pg_control is missing)')
  }
  const major = readFileSync(versionFile, 'utf8').trim()
  if (major !== embeddedMajor) {
    throw new UnusableDataDirectory(
      `${database} was made by PostgreSQL ${major}, and this version reads ${embeddedMajor}. ` +
        'Nothing was changed: start the version that made it.',
    )
  }
  if (statSync(control).size !== 8192) {
    throw unusable(database, 'is damaged (global/pg_control is not whole)')
  }
}

async function open(database: string): Promise<PGlite> {
  let reason = ''
  const onStderr = (line: string) => {
    reason = line.match(/(?:FATAL|PANIC): +(.*)/)?.[1] ?? reason
    return true
  }
  try {
    return await PGlite.create({ dataDir: database, parsers, onStderr })
  } catch (error) {
    throw unusable(database, `does not open (${reason || error})`, error)
  }
}

function unusable(database: string, why: string, cause?: unknown): UnusableDataDirectory {
  return new UnusableDataDirectory(
    `${database} ${why}. Nothing was removed: restore a backup in its place, or move it away to ` +
      'begin empty.',
    { cause },
  )
}
