import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './migrations.ts'

const partitions = () => readFileSync(join(import.meta.dirname, 'partitioned.sql'), 'utf8')

// TEST_TABLES=partitioned runs the same tests on tables that were divided (partitions.test.ts).
const divided = () => process.env.TEST_TABLES === 'partitioned'

/** Gives an empty database the tables that the tests run on. */
export async function layOut(database: Database): Promise<void> {
  await migrate(database)
  if (divided()) await database.query(partitions())
}

/** Another for other tables: what was laid out once is used again. */
export function layoutDigest(): string {
  const texts = readMigrations().map(({ checksum }) => checksum)
  if (divided()) texts.push(partitions())
  return createHash('sha256').update(texts.join()).digest('hex').slice(0, 16)
}

/** The names of dumps of an older layout of the same kind begin with it. */
export const layoutPrefix = () => (divided() ? 'partitioned-pglite-' : 'migrated-pglite-')
