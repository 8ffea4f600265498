import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import type { Database } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { rotateRefreshToken } from '#db/token-requests.ts'
import { sweep } from '../src/startup/sweep.ts'
import { grantee, sha256 } from './faults/grants.ts'
import { codeFor, exchange, introspect, refresh, startServer, type TestServer } from './harness.ts'
import { neededOf, someHistories, storedRows, storeHistories } from './token-histories.ts'

const log = { info() {}, debug() {}, warn: (fields: object) => assert.fail(String(fields)) }

/** As if so many days had passed. */
async function pass(db: Database, days: number): Promise<void> {
  for (const [table, columns] of [
    ['authorization_codes', ['issued_at', 'expires_at', 'consumed_at']],
    ['access_tokens', ['issued_at', 'expires_at']],
    ['refresh_tokens', ['first_issued_at', 'issued_at', 'expires_at', 'consumed_at']],
    ['token_families', ['created_at', 'review_at']],
    ['sessions', ['expires_at']],
    ['interactions', ['expires_at']],
    ['replay_records', ['expires_at']],
  ] as const) {
    const set = columns.map((column) => `${column} = ${column} - interval '${days} days'`)
    await db.query(`update ${table} set ${set.join(', ')}`)
  }
}

const counted = async (db: Database, table: string) =>
  (await db.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n

test('two nodes that sweep at once under load remove no row that a request still needs', async (t) => {
  const db = await testDatabase(t)
  const histories = someHistories(150, seeded(20261123))
  await storeHistories(db, (await grantee(db)).consentId, histories)
  const needed = neededOf(histories)
  const ended = new Set(histories.families.filter((family) => family.ended).map(({ id }) => id))
  const living = histories.refreshTokens.filter(
    ({ consumed, expires, family }) => !consumed && expires > 0 && !ended.has(family),
  )

  const received: Buffer[] = []
  const load = Promise.all(living.map(({ secret }) => rotated(db, secret, received)))
  await Promise.all([sweep({ db, log, rows: 20 }), sweep({ db, log, rows: 30 }), load])

  const left = await storedRows(db)
  // R24
  assert.ok(needed.size > 200 && living.length > 20)
  assert.deepEqual(
    [...needed].filter((row) => !left.has(row)),
    [],
  )
  assert.ok(received.length === 6 * living.length)
  assert.ok(received.every((hash) => left.has(hash.toString('hex'))))
})

test('what nobody needs is gone, and after all has ended nothing is left', async (t) => {
  const db = await testDatabase(t)
  const histories = someHistories(300, seeded(7))
  await storeHistories(db, (await grantee(db)).consentId, histories)
  const over = [...histories.accessTokens, ...histories.refreshTokens].filter(
    ({ expires }) => expires < -2 * 3600,
  )

  await sweep({ db, log })
  const left = await storedRows(db)
  await pass(db, 31)
  await sweep({ db, log })

  assert.ok(over.length > 300)
  assert.deepEqual(
    over.filter(({ hash }) => left.has(hash)),
    [],
  )
  assert.deepEqual([...(await storedRows(db))], [])
})

test('a code that comes again after weeks and many sweeps still ends its family', async (t) => {
  const server = await startServer(t)
  const { client, code, tokens } = await signedIn(server)
  for (const days of [20, 20]) {
    await pass(server.db, days - 0.1)
    await sweep({ db: server.db, log })
    const { body } = await refresh(server, client, tokens.at(-1)?.refresh_token)
    tokens.push(body)
  }
  const { access_token: last } = tokens.at(-1) ?? {}
  assert.equal((await introspect(server, client, last)).body.active, true)

  const replayed = await exchange(server, client, code)

  assert.equal(replayed.body.error, 'invalid_grant') // RFC 6749 4.1.2, A25
  assert.equal((await introspect(server, client, last)).body.active, false)
})

test('a refresh token spent weeks ago still ends its family, as long as it would have lived', async (t) => {
  const server = await startServer(t)
  const { client, tokens } = await signedIn(server)
  const { body } = await refresh(server, client, tokens[0]?.refresh_token)
  await pass(server.db, 29)
  await sweep({ db: server.db, log })

  const reused = await refresh(server, client, tokens[0]?.refresh_token)

  assert.equal(reused.body.error, 'invalid_grant') // RFC 9700 4.14.2
  assert.equal((await refresh(server, client, body.refresh_token)).body.error, 'invalid_grant')
})

test('a sign-in that was never finished leaves nothing after a day', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  await codeFor(server, client, await server.user())
  await server.visitor().go('/login')

  await pass(server.db, 1.1)
  await sweep({ db: server.db, log })
  assert.equal(await counted(server.db, 'sessions'), 1)
  await pass(server.db, 30)
  const removed = await sweep({ db: server.db, log })

  assert.equal(removed.sessions, 1)
  for (const table of ['token_families', 'authorization_codes', 'interactions', 'sessions']) {
    assert.equal(await counted(server.db, table), 0, table)
  }
})

async function signedIn(server: TestServer) {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  const { body } = await exchange(server, client, code)
  return { client, code, tokens: [body] }
}

/** Three rotations one after the other; the hashes of what they gave. */
async function rotated(db: Database, first: string, received: Buffer[]): Promise<void> {
  let token = first
  const now = Math.floor(Date.now() / 1000)
  for (let rotations = 1; rotations <= 3; rotations++) {
    const [access, successor] = [randomUUID(), randomUUID()]
    const common = { scope: 'IDENTITY', gty: 'refresh_token', details: {}, issuedAt: now }
    const expiresAt = await rotateRefreshToken(db, sha256(token), {
      successorKey: 'k',
      accessToken: { ...common, tokenHash: sha256(access), expiresAt: now + 3600 },
      refreshToken: {
        ...common,
        tokenHash: sha256(successor),
        nonce: undefined,
        authTime: undefined,
        rotations,
        firstIssuedAt: now,
        expiresAt: now + 30 * 24 * 3600,
      },
    })
    assert.ok(expiresAt, 'a living refresh token was refused')
    received.push(sha256(access), sha256(successor))
    token = successor
  }
}

/** Numbers from 0 to 1 that are the same in each run. */
function seeded(seed: number): () => number {
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed}:${count++}`).digest()
    return digest.readUInt32BE() / 2 ** 32
  }
}
