import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Db } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'

export interface Migration {
  id: string
  sql: string
  checksum: string
}

/** The database was migrated by a newer version of this program. */
export class SchemaTooNew extends Error {
  override name = 'SchemaTooNew'
}

/** A migration was edited after it had been applied. */
export class MigrationChanged extends Error {
  override name = 'MigrationChanged'
}

const lockKey = 7_241_983_310
const patienceSeconds = 600

const bookkeeping = `
create table if not exists schema_migrations (
  id         text        primary key,
  checksum   text        not null,
  applied_at timestamptz not null default now()
);
comment on table  schema_migrations            is 'Which migrations this database has.';
comment on column schema_migrations.id         is 'Name of the file in db/migrations, without .sql.';
comment on column schema_migrations.checksum   is 'SHA-256 of its text: an applied file is never edited.';
comment on column schema_migrations.applied_at is 'When.';`

/** Applies the missing migrations in order, each in a transaction, one process at a time. */
export async function migrate(database: Database, migrations = readMigrations()): Promise<void> {
  while (await applyNext(database, migrations)) {}
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

// The lock ends with the transaction, also when this process is killed. It is taken for each
// migration anew, so that no session state is needed (PgBouncer).
function applyNext(database: Database, migrations: Migration[]): Promise<boolean> {
  return database.transaction(
    async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [lockKey])
      await tx.query(`set local lock_timeout = '5s'`)
      const next = nextMigration(migrations, await appliedMigrations(tx))
      if (!next) return false
      await tx.query(next.sql).catch((error) => {
        if (error instanceof DatabaseUnavailable) throw error
        throw new Error(`Migration ${next.id} failed: ${error.message}`, { cause: error })
      })
      await tx.query('insert into schema_migrations (id, checksum) values ($1, $2)', [
        next.id,
        next.checksum,
      ])
      return true
    },
    { timeoutSeconds: patienceSeconds },
  )
}

async function appliedMigrations(tx: Db): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ made: boolean }>(
    `select to_regclass('schema_migrations') is not null as made`,
  )
  if (!rows[0]?.made) await tx.query(bookkeeping)
  const applied = await tx.query<{ id: string; checksum: string }>(
    `select id, checksum
       from schema_migrations`,
  )
  return new Map(applied.rows.map(({ id, checksum }) => [id, checksum]))
}

function nextMigration(
  migrations: Migration[],
  applied: Map<string, string>,
): Migration | undefined {
  const known = new Set(migrations.map(({ id }) => id))
  const unknown = [...applied.keys()].filter((id) => !known.has(id)).sort()
  if (unknown.length > 0) {
    throw new SchemaTooNew(
      `The database has migration ${unknown.at(-1)}, which this version does not know (its last is ` +
        `${migrations.at(-1)?.id}): start the newer version, or restore the backup made before it.`,
    )
  }
  for (const { id, checksum } of migrations) {
    if (applied.has(id) && applied.get(id) !== checksum) {
      throw new MigrationChanged(
        `Migration ${id} is not the one this database has: migrations are never edited, add a new one.`,
      )
    }
  }
  return migrations.find(({ id }) => !applied.has(id))
}
