import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Migration, phaseOf, readMigrations } from './migrations.ts'

/** What an older version that runs beside this one could trip over. */
const breaking: [what: string, pattern: RegExp][] = [
  ['drops a table or a column', /\bdrop\s+(table|column|view|type|function|schema)\b/],
  ['renames', /\brename\b/],
  ['changes a type', /\balter\s+column\s+\S+\s+(set\s+data\s+)?type\b/],
  ['makes a column required', /\bset\s+not\s+null\b/],
  ['takes a default away', /\bdrop\s+default\b/],
  [
    'adds a required column without a default',
    /\badd\s+column\s+(if\s+not\s+exists\s+)?(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b/,
  ],
]

function problems({ sql }: Migration): string[] {
  const statements = sql.replaceAll(/--.*$/gm, '').toLowerCase()
  return breaking.filter(([, pattern]) => pattern.test(statements)).map(([what]) => what)
}

const migration = (sql: string): Migration => ({ id: 'x', sql, checksum: sql })

// R13: those before were applied while nothing older was in use.
const checked = readMigrations().filter(({ id }) => id >= '0008')

for (const one of checked.filter((each) => phaseOf(each) === 'expand')) {
  test(`${one.id} leaves an older version all that it uses, or says that it does not`, () => {
    assert.deepEqual(problems(one), [], 'a later release may do that, with "-- phase: contract"')
  })
}

test('what an older version would trip over is recognised', () => {
  for (const [sql, found] of [
    ['alter table t drop column a', 1],
    ['ALTER TABLE t RENAME a TO b', 1],
    ['alter table t alter column a type bigint', 1],
    ['alter table t\n  alter column a set not null', 1],
    ['alter table t add column a integer not null', 1],
    ['alter table t add column a integer not null default 0', 0],
    ['alter table t add column a integer, add column b text', 0],
    ['create table t (a integer not null); -- rename\ncreate index i on t (a)', 0],
    ['alter table t drop constraint c; drop index i', 0],
  ] as const) {
    assert.equal(problems(migration(sql)).length, found, sql)
  }
})

test('a migration says in a line of its own that it is for later', () => {
  assert.equal(phaseOf(migration('-- Why.\n-- phase: contract\ndrop table t;')), 'contract')
  assert.equal(phaseOf(migration('create table t (a text); -- phase: contract?')), 'expand')
})
