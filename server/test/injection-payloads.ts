import assert from 'node:assert/strict'
import type { TestServer } from './harness.ts'

/** What is tried on a database, a template, a path or an object. */
export const payloads = [
  "' OR 1=1--",
  "\\'; DROP TABLE accounts; --",
  '$1',
  '\0',
  `a\0b`,
  'ʼ OR ʼ1ʼ=ʼ1',
  '%00',
  '%',
  '\\',
  '../../../../etc/passwd',
  '{{7777*9999}}<%= 7777*9999 %>',
  '__proto__',
  'constructor',
  '\u2028\u202e\ufeff\ufffd',
  '1e400',
  '-1',
  '9'.repeat(400),
  'é'.repeat(2000),
]

export const isNoFault = (status: number, what: string) =>
  assert.ok(status >= 200 && status < 500, `${status} for ${what}`)

export async function assertDatabaseStands(server: Pick<TestServer, 'db'>): Promise<void> {
  const { rows } = await server.db.query<{ count: number }>(
    `select count(*)::int as count
       from information_schema.tables
      where table_name in ('accounts', 'clients', 'consents', 'sessions', 'audit_events')`,
  )
  assert.equal(rows[0]?.count, 5)
}
