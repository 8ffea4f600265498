import { setTimeout as sleep } from 'node:timers/promises'
import type { Database, Db } from './database.ts'
import { DatabaseUnavailable } from './database-errors.ts'
import { type Migration, phaseOf, readMigrations } from './migrations.ts'
import { type Applied, appliedMigrations, tooNew } from './schema-state.ts'

/** The database was migrated by a newer version of this program, which took away what this one uses. */
export class SchemaTooNew extends Error {
  override name = 'SchemaTooNew'
}

/** A migration was edited after it had been applied. */
export class MigrationChanged extends Error {
  override name = 'MigrationChanged'
}

const lockKey = 7_241_983_310
const patienceSeconds = 600

/** How often a migration asks for a table that is in use, each time for less than half a second. */
const attempts = 60

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

// Versions before this column write rows without it; all they know expands.
const bookkeepingOfPhases = `
alter table schema_migrations
  add column phase text not null default 'expand' check (phase in ('expand', 'contract'));
comment on column schema_migrations.phase is
  'expand: an older version works on unchanged. contract: one that does not know it must not run.';`

/** Applies the missing migrations in order, each in a transaction, one process at a time. */
export async function migrate(database: Database, migrations = readMigrations()): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      if (!(await applyNext(database, migrations))) return
      attempt = 0
    } catch (error) {
      if (!isLocked(error)) throw error
      if (attempt === attempts) throw tableInUse(error)
      // What queued up behind us goes first.
      await sleep(500 + Math.random() * 500)
    }
  }
}

/** Refuses a database that this version must not work with. */
export function assertNotTooNew(migrations: Migration[], applied: Applied): void {
  const id = tooNew(migrations, applied)
  if (!id) return
  throw new SchemaTooNew(
    `The database has migration ${id}, which this version does not know (its last is ` +
      `${migrations.at(-1)?.id}): start the newer version, or restore the backup made before it.`,
  )
}

// The advisory lock ends with the transaction, also when this process is killed. It is taken for
// each migration anew, so that no session state is needed (PgBouncer). A migration that waits for
// a table makes everybody behind it wait, too, also one that has a first table and waits for a second:
// less than the second that a token request waits for a row or a table. Then it lets them pass.
function applyNext(database: Database, migrations: Migration[]): Promise<boolean> {
  return database.transaction(
    async (tx) => {
      await tx.query('select pg_advisory_xact_lock($1)', [lockKey])
      await tx.query(`set local lock_timeout = '400ms'`)
      await keepBooks(tx)
      const next = nextMigration(migrations, await appliedMigrations(tx))
      if (!next) return false
      await tx.query(next.sql).catch((error) => {
        if (error instanceof DatabaseUnavailable) throw error
        throw new Error(`Migration ${next.id} failed: ${error.message}`, { cause: error })
      })
      await tx.query('insert into schema_migrations (id, checksum, phase) values ($1, $2, $3)', [
        next.id,
        next.checksum,
        phaseOf(next),
      ])
      return true
    },
    { timeoutSeconds: patienceSeconds },
  )
}

async function keepBooks(tx: Db): Promise<void> {
  const { rows } = await tx.query<{ made: boolean; phased: boolean }>(
    `select to_regclass('schema_migrations') is not null as made,
            exists (select
                      from pg_attribute
                     where attrelid = to_regclass('schema_migrations')
                       and attname = 'phase') as phased`,
  )
  if (!rows[0]?.made) await tx.query(bookkeeping)
  if (!rows[0]?.phased) await tx.query(bookkeepingOfPhases)
}

function nextMigration(migrations: Migration[], applied: Applied): Migration | undefined {
  assertNotTooNew(migrations, applied)
  for (const { id, checksum } of migrations) {
    const found = applied.get(id)
    if (found && found.checksum !== checksum) {
      throw new MigrationChanged(
        `Migration ${id} is not the one this database has: migrations are never edited, add a new one.`,
      )
    }
  }
  return migrations.find(({ id }) => !applied.has(id))
}

/** Lock not available within lock_timeout; or a deadlock, which ended one of the two. */
function isLocked(error: unknown): boolean {
  const cause = error instanceof DatabaseUnavailable ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && /^(55P03|40P01)$/.test(String(cause.code))
}

function tableInUse(cause: unknown): Error {
  return new Error(
    `A migration could not have its table in ${attempts} attempts: another transaction holds it. ` +
      'Find it in pg_stat_activity, end it, and start again.',
    { cause },
  )
}
