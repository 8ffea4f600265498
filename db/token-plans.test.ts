import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import pg from 'pg'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { testDatabaseUrl, testEngine } from './testing.ts'
import {
  issueToMachines,
  readCodes,
  readRefreshTokens,
  redeemCodes,
  rotateRefreshTokens,
} from './token-statements.ts'

const skip = testEngine === 'pglite' && 'it has no auto_explain'
const hashes = [1, 2, 3].map((n) => createHash('sha256').update(`${n}`).digest())
const hex = hashes.map((hash) => hash.toString('hex'))
const texts = ['a', 'b', 'c']
const presented = 'select n from presented_tokens($1, $2, $3)'

const statements: Record<string, [sql: string, values: unknown[]]> = {
  'of a code exchange, reading': [readCodes, [hashes, texts]],
  'of a code exchange, writing': [redeemCodes, [hashes, '[]']],
  'of a refresh, reading': [readRefreshTokens, [hashes, hashes, texts]],
  'of a refresh, writing': [rotateRefreshTokens, [hashes, hashes, texts, '[]']],
  'of client credentials': [issueToMachines, ['[]']],
  "that introspects a person's token": [presented, ['user', hex, texts]],
  "that introspects a machine's token": [presented, ['machine', hex, texts]],
  'that introspects a refresh token': [presented, ['refresh', hex, texts]],
}

/** What each row costs however many there are: a key, or a list that belongs to one row. */
const keys =
  /^(authorization_codes|access_tokens|refresh_tokens|token_families|consents|accounts|clients)_pkey$|^clients_client_id_key$|^client_secrets_client$|^consent_scopes_pkey$/

// The plans of these functions stay. One from the first minute has to be right for millions of rows.
for (const size of ['of which nothing is known', 'with two rows'] as const) {
  test(`the plans for tables ${size} go by keys`, { skip }, async (t) => {
    const planned = await planner(t, size === 'with two rows' ? twoRows : '')

    for (const [name, [sql, values]] of Object.entries(statements)) {
      const plans = await planned(sql, values)
      const used = [...plans.matchAll(/(?:Index|Index Only) Scan using (\w+)/g)].map(([, at]) => at)
      assert.notEqual(used.length, 0, name)
      assert.deepEqual([name, ...used.filter((index) => !keys.test(index ?? ''))], [name], plans)
      assert.doesNotMatch(plans, /Seq Scan|Bitmap/, name)
      const searches = plans.match(/Index Cond/g)?.length
      assert.equal(searches, used.length, `${name}: every scan is a search:\n${plans}`)
    }
  })
}

const twoRows = `
  insert into accounts (id, email, email_key)
  select gen_random_uuid(), n || '@example.com', n || '@example.com' from generate_series(1, 2) n;
  insert into clients (id, client_id, name, type, grant_types)
  select gen_random_uuid(), 'agpt_client_' || n, 'App', 'web', '{authorization_code}'
    from generate_series(1, 2) n;
  insert into client_secrets (id, client_id, secret_hash, hint)
  select gen_random_uuid(), id, sha256(client_id::bytea), '' from clients;
  insert into consents (id, account_id, client_id)
  select gen_random_uuid(), a.id, k.id from accounts a, clients k where k.client_id = 'agpt_client_1';
  insert into consent_scopes (consent_id, scope) select id, 'IDENTITY' from consents;
  insert into token_families (id, consent_id) select gen_random_uuid(), id from consents;
  insert into authorization_codes (code_hash, family_id, scope, redirect_uri, auth_time, expires_at)
  select sha256(id::text::bytea), id, '', '', now(), now() + interval '1h' from token_families;
  insert into access_tokens (token_hash, family_id, scope, expires_at)
  select sha256(id::text::bytea), id, '', now() + interval '1h' from token_families;
  insert into refresh_tokens (token_hash, family_id, scope, first_issued_at, expires_at)
  select sha256(id::text::bytea), id, '', now(), now() + interval '1h' from token_families;
  vacuum analyze;`

/** The plans as PostgreSQL made them, of the statements inside of functions too. */
async function planner(t: TestContext, rows: string) {
  const databaseUrl = await testDatabaseUrl(t)
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  await migrate(db)
  await db.close()
  const client = new pg.Client(databaseUrl)
  await client.connect()
  // The database goes first.
  client.on('error', () => {})
  t.after(() => client.end())
  for (const each of rows.split(';').filter((text) => text.trim())) await client.query(each)
  await client.query(`
    load 'auto_explain';
    set auto_explain.log_min_duration = 0;
    set auto_explain.log_nested_statements = on;
    set client_min_messages = 'log'`)
  let plans: string[] = []
  client.on('notice', ({ message = '' }) => plans.push(message))
  return async (sql: string, values: unknown[]) => {
    plans = []
    await client.query(sql, values)
    return plans.join('\n')
  }
}
