import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import pg from 'pg'
import { testEngine } from '#db/testing.ts'
import { slowest, violationsInAnswers } from './audit-answers.ts'
import { violationsOfHealth, violationsOfSize, violationsOfTokens } from './audit-nodes.ts'
import { violationsInRows } from './audit-rows.ts'
import { audit } from './auditor.ts'
import { grantee, issueCodes } from './grants.ts'
import { install } from './installation.ts'
import { type Held, tokensHeld } from './lineage.ts'
import { sizeOf } from './process-size.ts'
import { type Attempt, Witness } from './witness.ts'

const skip =
  testEngine === 'pglite' && 'PostgreSQL only: it looks into the database beside a server'

// One for the file: whatever is planted is taken back.
const place = skip ? none() : await install({ after } as unknown as TestContext, { nodes: 1 })
const client = skip ? none() : await grantee(place.db)
const node = () => place.urls[0] ?? ''

function none(): never {
  return undefined as never
}

/** A life without violations: exchanges, rotations, both kinds of revocation. */
async function witnessed(): Promise<Witness> {
  const witness = new Witness()
  const codes = await issueCodes(place.db, client, 4)
  const [first, second, third, fourth] = await Promise.all(
    codes.map((code) => witness.exchange(node(), client, code)),
  )
  await witness.exchange(node(), client, codes[0] ?? '')
  await witness.refresh(node(), client, first?.body.refresh_token)
  await witness.refresh(node(), client, first?.body.refresh_token)
  await witness.revoke(node(), client, second?.body.access_token)
  await witness.revoke(node(), client, third?.body.refresh_token)
  await witness.refresh(node(), client, third?.body.refresh_token)
  await witness.introspect(node(), client, fourth?.body.access_token)
  return witness
}

test('where nothing is wrong the auditor says so, and how much it looked at', {
  skip,
}, async () => {
  const { attempts } = await witnessed()
  const unaffected = attempts.map(({ startedAt, endedAt }) => endedAt - startedAt)
  const pid = place.nodes[0]?.pid ?? 0
  const sizes = [{ pid, before: sizeOf(pid) }]

  const received = { attempts, unaffected, sizes }
  const { alive, dead } = await audit({
    databaseUrl: place.databaseUrl,
    nodes: [node()],
    received,
  })

  // The access token of the first, twice refreshed, its last refresh token; the second's refresh
  // token; both of the fourth.
  assert.deepEqual({ alive, dead }, { alive: 7, dead: 3 })
})

const planted: Record<string, string[]> = {
  'I1 two codes began one family': [
    `insert into authorization_codes
       (code_hash, family_id, scope, redirect_uri, auth_time, issued_at, expires_at)
     select sha256('again'), family_id, scope, redirect_uri, auth_time, issued_at, expires_at
       from authorization_codes
      limit 1`,
  ],
  'I1 a code gave more than one access token': [
    `insert into access_tokens (token_hash, family_id, scope, gty, expires_at)
     select sha256('again'), family_id, scope, gty, expires_at
       from access_tokens
      where gty = 'authorization_code'
      limit 1`,
  ],
  'I1 a code gave more than one refresh token': [
    `insert into refresh_tokens (token_hash, family_id, scope, first_issued_at, expires_at)
     select sha256('again'), family_id, scope, first_issued_at, expires_at
       from refresh_tokens
      where rotations = 0
      limit 1`,
  ],
  'I1 a code gave tokens and is not spent': ['update authorization_codes set consumed_at = null'],
  'I2 a family has more than one refresh token that can be used': [
    'update refresh_tokens set consumed_at = null',
  ],
  'I2 a family was rotated twice from the same place': [
    `insert into refresh_tokens
       (token_hash, family_id, scope, rotations, first_issued_at, expires_at, consumed_at)
     select sha256('again'), family_id, scope, rotations, first_issued_at, expires_at, now()
       from refresh_tokens
      where rotations = 1
      limit 1`,
  ],
  'I3 1 tokens that clients received': [
    'delete from access_tokens where token_hash = sha256($1::bytea)',
  ],
  'I5 1 rows of accounts': [
    `update accounts
        set name = 'agpt_xt_0123456789abcdefghij0123456789'
      where id = (select id from accounts limit 1)`,
  ],
  'I5 1 rows of sessions': [
    `insert into sessions (session_hash, uid, expires_at) values ('a-planted-code', 'x', now())`,
  ],
  'I9 an event is there twice': [
    `insert into audit_events (id, kind, actor_type, request_id)
     select gen_random_uuid(), 'app.created', 'admin', 'one'
       from generate_series(1, 2)`,
  ],
  'I9 a password was set and nobody wrote it down': [
    `update accounts set password_changed_at = now() + interval '1s'`,
  ],
  'I9 a link was used and nobody wrote it down': [
    `insert into email_challenges (id, purpose, account_id, link_hash, expires_at, used_at)
     select gen_random_uuid(), 'reset_password', id, 'x', now(), now()
       from accounts
      limit 1`,
  ],
}

for (const [violation, statements] of Object.entries(planted)) {
  test(`the auditor finds in the rows: ${violation}`, { skip }, async (t) => {
    const { attempts } = await witnessed()
    const held = tokensHeld(attempts)
    const alive = held.find(({ fate }) => fate === 'alive')?.token ?? ''
    const database = new pg.Client({ connectionString: place.databaseUrl })
    await database.connect()
    t.after(() => database.end())
    const known = { held, secrets: ['a-planted-code'] }
    await database.query('begin')
    assert.deepEqual(await violationsInRows(database, known), [])

    for (const text of statements) {
      const values = text.includes('$1') ? [Buffer.from(alive)] : []
      await database.query(text, values)
    }
    const found = await violationsInRows(database, known)

    await database.query('rollback')
    assert.ok(
      found.some((line) => line.startsWith(violation)),
      found.join('\n'),
    )
  })
}

test('the auditor finds tokens that are dead or alive against what was said', {
  skip,
}, async () => {
  const held = tokensHeld((await witnessed()).attempts)
  const turned = held.map((one): Held => ({ ...one, fate: one.fate === 'dead' ? 'alive' : 'dead' }))

  const found = await violationsOfTokens(node(), turned, 1000)

  assert.ok(found.some((line) => line.startsWith('I3 ')))
  assert.ok(found.some((line) => line.startsWith('I4 ')))
  assert.deepEqual(await violationsOfTokens(node(), held, 1000), [])
})

test('the auditor finds a node that is silent, and one that grew', { skip }, async () => {
  const silent = await violationsOfHealth('http://127.0.0.1:1')
  const grown = await violationsOfSize(place.nodes[0]?.pid ?? 0, { handles: -30, bytes: 0 }, 0)

  assert.equal(silent.length, 2)
  assert.ok(silent.every((line) => line.startsWith('I6 ')))
  assert.match(grown.join(), /^I10 /)
})

const attempt = (fields: Partial<Attempt>, status?: number, body: object = {}): Attempt => ({
  kind: 'exchange',
  node: 'n',
  client: { clientId: 'c', secret: 's' },
  presented: 'code',
  startedAt: 0,
  endedAt: 1,
  answer:
    status === undefined
      ? undefined
      : { status, retryAfter: null, text: JSON.stringify(body), body },
  ...fields,
})
const tokens = (name: string) => ({ access_token: `at-${name}`, refresh_token: `agpt_rt_${name}` })
const refused = { error: 'invalid_grant' }

test('the auditor finds in the answers what a client must never see', () => {
  const answered = (status: number, more: object) => {
    const answer = { status, retryAfter: '2', text: '', body: {}, ...more }
    return violationsInAnswers([attempt({ answer })])
  }
  const twice = [attempt({}, 200, tokens('a')), attempt({}, 200, tokens('b'))]
  const refreshed = { kind: 'refresh', presented: 'agpt_rt_a' } as const
  const siblings = [attempt(refreshed, 200, tokens('b')), attempt(refreshed, 200, tokens('c'))]

  assert.match(violationsInAnswers(twice).join(), /^I1 /)
  assert.match(violationsInAnswers(siblings).join(), /^I2 /)
  assert.match(violationsInAnswers([attempt({}, 400, refused)]).join(), /^I7 .*invalid_grant/)
  assert.match(answered(500, {}).join(), /I7 .*500/)
  assert.match(answered(503, { retryAfter: null }).join(), /without Retry-After/)
  assert.match(answered(503, { text: 'at x (file:///a.ts:1:2)' }).join(), /stack/)
  assert.match(answered(503, { body: refused }).join(), /says invalid_grant/)
  assert.match(answered(200, { body: undefined }).join(), /not whole/)
  assert.match(slowest([1, 2, 1500]).join(), /^I8 /)
  assert.deepEqual(answered(503, {}), [])
  assert.deepEqual(slowest([...Array(200).fill(1), 1500]), [])
})

test('a refusal is excused by what the client did itself, and by nothing else', () => {
  const lost = [attempt({}), attempt({ startedAt: 10, endedAt: 11 }, 400, refused)]
  const late = {
    kind: 'refresh',
    presented: 'agpt_rt_a',
    startedAt: 40_000,
    endedAt: 40_001,
  } as const
  const first = attempt({ kind: 'refresh', presented: 'agpt_rt_a' })
  const unexplained = [attempt({}, 200, tokens('a')), attempt({ ...late }, 400, refused)]

  assert.deepEqual(violationsInAnswers(lost), [])
  assert.deepEqual(violationsInAnswers([first, attempt({ ...late }, 400, refused)]), [])
  assert.equal(violationsInAnswers(unexplained).length, 1)
})
