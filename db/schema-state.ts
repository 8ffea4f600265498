import type { Db } from './database.ts'
import { type Migration, readMigrations } from './migrations.ts'

/**
 * current: everything this version needs is there. old: a migration is missing. new: a later version
 * has taken away what this one may still use (its contract phase).
 */
export type SchemaState = 'current' | 'old' | 'new'

/** What a database has, by the name of the migration. */
export type Applied = Map<string, { checksum: string; phase: string }>

const known = readMigrations()

/** Whether this version of the program and the database fit, in one query. */
export async function schemaState(db: Db, migrations: Migration[] = known): Promise<SchemaState> {
  const applied = await appliedMigrations(db)
  if (tooNew(migrations, applied)) return 'new'
  return migrations.every(({ id }) => applied.has(id)) ? 'current' : 'old'
}

export async function appliedMigrations(db: Db): Promise<Applied> {
  try {
    // By way of json, since the phase is a younger column than the table.
    const { rows } = await db.query<{ id: string; checksum: string; phase: string | null }>(
      `select id, checksum, to_jsonb(m) ->> 'phase' as phase
         from schema_migrations m`,
    )
    return new Map(
      rows.map(({ id, checksum, phase }) => [id, { checksum, phase: phase ?? 'expand' }]),
    )
  } catch (error) {
    if ((error as { code?: string }).code === undefinedTable) return new Map()
    throw error
  }
}

const undefinedTable = '42P01'

/** The last applied migration that this version does not know and cannot live with. */
export function tooNew(migrations: Migration[], applied: Applied): string | undefined {
  const ours = new Set(migrations.map(({ id }) => id))
  return [...applied]
    .filter(([id, { phase }]) => !ours.has(id) && phase === 'contract')
    .map(([id]) => id)
    .sort()
    .at(-1)
}
