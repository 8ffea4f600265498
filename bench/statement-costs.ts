import type { Db } from '#db/database.ts'

export interface StatementCost {
  text: string
  /** For one operation. */
  calls: number
  planMicroseconds: number
  runMicroseconds: number
}

export const statementSettings = [
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track_planning=on',
  'pg_stat_statements.track_utility=on',
]

export async function countStatements(db: Db): Promise<void> {
  await db.query('create extension if not exists pg_stat_statements')
  await db.query('select pg_stat_statements_reset()')
}

/** What PostgreSQL says that each statement took since countStatements; the most costly first. */
export async function statementCosts(db: Db, operations: number): Promise<StatementCost[]> {
  const { rows } = await db.query<StatementCost>(
    `select regexp_replace(query, '\\s+', ' ', 'g') as "text",
            calls / $1::float8 as "calls",
            total_plan_time * 1000 / $1::float8 as "planMicroseconds",
            total_exec_time * 1000 / $1::float8 as "runMicroseconds"
       from pg_stat_statements
      where calls > $1 / 20 and query not like '%pg_stat_statements%'
      order by total_plan_time + total_exec_time desc`,
    [operations],
  )
  return rows
}
