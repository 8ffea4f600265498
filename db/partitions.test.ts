import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Db } from './database.ts'
import { testDatabase, testDb, testEngine } from './testing.ts'

// What docs/decisions/0015-partitioned-tables.md says, tried: partitioned.sql divides the tables of
// a database, and everything that works on them works as before.

const divided = {
  access_tokens: 'token_hash',
  authorization_codes: 'code_hash',
  refresh_tokens: 'token_hash',
  replay_records: 'record_hash',
  token_families: 'id',
}

/** Tests of all that reads or writes these tables; each makes databases of its own. */
const files = [
  'db/purge.test.ts',
  'db/token-requests.test.ts',
  'server/test/purge.test.ts',
  'server/test/refresh.test.ts',
  // Beginning a database takes ten times as long there.
  ...(testEngine === 'pglite'
    ? []
    : [
        'server/test/code-replay.test.ts',
        'server/test/introspection.test.ts',
        'server/test/replay-detection.test.ts',
        'server/test/revocation.test.ts',
      ]),
]

test('the tests of codes, tokens, families and their removal pass on divided tables', async () => {
  // As a run of its own; without this it would report to the one we are in.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env

  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--test', '--test-concurrency=2', '--test-reporter=tap', ...files],
    { cwd: join(import.meta.dirname, '..'), env: { ...env, TEST_TABLES: 'partitioned' } },
  ).catch((error: { stdout: string }) => error)

  const failed = stdout.match(/^\s*not ok [\s\S]{0,800}/gm) ?? []
  assert.deepEqual(failed, [])
  assert.ok(Number(/^# pass (\d+)$/m.exec(stdout)?.[1]) > 20, stdout.slice(-2000))
})

test('five tables are divided, and else are what they were', async (t) => {
  const whole = await testDatabase(t)
  const before = await described(whole)

  const db = await onDividedTables(t)

  const { rows } = await db.query<{ table: string; key: string; parts: number }>(
    `select p.partrelid::regclass::text as "table", a.attname as "key",
            (select count(*)::int from pg_inherits i where i.inhparent = p.partrelid) as "parts"
       from pg_partitioned_table p
       join pg_attribute a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
      order by 1`,
  )
  assert.deepEqual(Object.fromEntries(rows.map(({ table, key }) => [table, key])), divided)
  assert.ok(rows.every(({ parts }) => parts === 16))
  assert.deepEqual(await described(db), before)
})

test('a token is looked for in one of the parts', async (t) => {
  const db = await onDividedTables(t)

  const { rows } = await db.query<{ 'QUERY PLAN': string }>(
    'explain select scope from access_tokens where token_hash = $1',
    [randomBytes(32)],
  )

  const parts = rows.map((row) => row['QUERY PLAN'].match(/access_tokens_\d+/g)?.[0])
  assert.equal(new Set(parts.filter(Boolean)).size, 1)
})

async function onDividedTables(t: TestContext): Promise<Db> {
  const db = await testDatabase(t)
  await db.query(readFileSync(join(import.meta.dirname, 'partitioned.sql'), 'utf8'))
  return db
}

/** Columns, keys, indexes, views and comments, in words that do not tell whether it is divided. */
async function described(db: Db): Promise<unknown[]> {
  const { rows } = await db.query(
    `with tables as (
       select oid, relname
         from pg_class
        where relnamespace = 'public'::regnamespace
          and relkind in ('r', 'p', 'v')
          and not relispartition
     )
     select relname, a.attname as name, obj_description(tables.oid) as note,
            concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull,
                      pg_get_expr(d.adbin, d.adrelid), col_description(tables.oid, a.attnum)) as what
       from tables
       join pg_attribute a    on a.attrelid = tables.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = tables.oid and d.adnum = a.attnum
      union all
     select relname, c.conname, null, pg_get_constraintdef(c.oid)
       from tables
       join pg_constraint c on c.conrelid = tables.oid and c.conparentid = 0 and c.contype <> 'n'
      union all
     select relname, i.indexrelid::regclass::text, null,
            replace(pg_get_indexdef(i.indexrelid), ' ONLY ', ' ')
       from tables
       join pg_index i on i.indrelid = tables.oid
      union all
     select relname, null, null, pg_get_viewdef(tables.oid)
       from tables
       join pg_views on viewname = relname
      order by 1, 2, 4`,
  )
  return rows
}

test('rows that were there are there after the division', async (t) => {
  const db = await testDb(t)
  await db.query(
    `insert into replay_records (record_hash, expires_at)
     select sha256(n::text::bytea), now()
       from generate_series(1, 100) as n`,
  )

  await db.query(readFileSync(join(import.meta.dirname, 'partitioned.sql'), 'utf8'))

  assert.equal((await db.query('select 1 from replay_records')).rowCount, 100)
})
