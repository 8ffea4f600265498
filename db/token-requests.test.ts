import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createAccount } from './accounts.ts'
import { insertAuthorizationCode } from './authorization-codes.ts'
import { addClientSecret } from './client-secrets.ts'
import { type Client, createClient, updateClient } from './clients.ts'
import { grantScopes } from './consents.ts'
import type { Db } from './database.ts'
import { onlyReads } from './postgres.ts'
import { findRegisteredClient } from './registered-clients.ts'
import { testDatabase, testDb } from './testing.ts'
import { startFamily } from './token-families.ts'
import {
  issueMachineToken,
  readCodeRequest,
  readRefreshRequest,
  redeemAuthorizationCode,
  rotateRefreshToken,
} from './token-requests.ts'
import { issueToMachines, redeemCodes, rotateRefreshTokens } from './token-statements.ts'

const hash = (text: string = randomUUID()) => createHash('sha256').update(text).digest()
const now = () => Math.floor(Date.now() / 1000)

const access = (tokenHash = hash()) => ({
  tokenHash,
  scope: 'IDENTITY',
  gty: 'authorization_code',
  details: { sid: 's' },
  issuedAt: now(),
  expiresAt: now() + 3600,
})

const refreshing = (tokenHash = hash(), expiresAt = now() + 1000) => ({
  ...access(tokenHash),
  nonce: 'n',
  authTime: now(),
  rotations: 0,
  firstIssuedAt: now(),
  expiresAt,
})

async function someClient(db: Db, type: 'web' | 'machine' = 'web'): Promise<Client> {
  return createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomBytes(8).toString('hex')}`,
    name: 'App',
    type,
    grantTypes: type === 'machine' ? ['client_credentials'] : ['authorization_code'],
    scopes: ['READ_STORE'],
  })
}

async function someCode(db: Db, code: { expiresAt?: number } = {}) {
  const email = `${randomUUID()}@example.com`
  const account = await createAccount(db, { email, emailKey: email, emailVerified: true })
  const client = await someClient(db)
  const consent = { accountId: account?.id ?? '', clientRowId: client.id, scopes: ['IDENTITY'] }
  const familyId = await startFamily(db, await grantScopes(db, consent))
  const codeHash = hash()
  await insertAuthorizationCode(db, {
    codeHash,
    familyId,
    scope: 'IDENTITY',
    redirectUri: 'https://app.example/cb',
    codeChallenge: undefined,
    codeChallengeMethod: undefined,
    nonce: undefined,
    authTime: now(),
    issuedAt: now(),
    expiresAt: now() + 600,
    details: {},
    ...code,
  })
  return { codeHash, familyId, client, email }
}

const count = async (db: Db, table: string, familyId: string) =>
  (await db.query(`select 1 from ${table} where family_id = $1`, [familyId])).rowCount

test('one statement reads the client, the code and the person', async (t) => {
  const db = await testDb(t)
  const { codeHash, familyId, client, email } = await someCode(db)

  const read = await readCodeRequest(db, { clientId: client.clientId, codeHash })

  assert.deepEqual(read.client, await findRegisteredClient(db, client.clientId))
  assert.equal(read.client?.clientId, client.clientId)
  assert.equal(read.code?.familyId, familyId)
  assert.equal(read.code?.person.email, email)
  assert.deepEqual(read.code?.consentScopes, ['IDENTITY'])
  assert.equal((await readCodeRequest(db, { clientId: 'x', codeHash })).client, null)
  const foreign = await readCodeRequest(db, { clientId: client.clientId, codeHash: hash() })
  assert.deepEqual([foreign.client?.clientId, foreign.code], [client.clientId, null])
})

// RFC 6749 4.1.2
test('of many redemptions of a code one stores its tokens, the others nothing', async (t) => {
  const db = await testDatabase(t)
  const { codeHash, familyId } = await someCode(db)

  const redeemed = await Promise.all(
    Array.from({ length: 20 }, () =>
      redeemAuthorizationCode(db, codeHash, {
        accessToken: access(),
        refreshToken: refreshing(),
      }),
    ),
  )

  assert.equal(redeemed.filter(Boolean).length, 1)
  assert.equal(await count(db, 'access_tokens', familyId), 1)
  assert.equal(await count(db, 'refresh_tokens', familyId), 1)
})

test('a code whose tokens cannot be stored is not spent', async (t) => {
  const db = await testDatabase(t)
  const { codeHash, familyId } = await someCode(db)
  const taken = access()
  await redeemAuthorizationCode(db, (await someCode(db)).codeHash, { accessToken: taken })

  await assert.rejects(redeemAuthorizationCode(db, codeHash, { accessToken: taken }))

  assert.equal(await count(db, 'access_tokens', familyId), 0)
  assert.equal(await redeemAuthorizationCode(db, codeHash, { accessToken: access() }), true)
})

test('an expired code gives nothing', async (t) => {
  const db = await testDb(t)
  const { codeHash, familyId } = await someCode(db, { expiresAt: now() - 1 })

  assert.equal(await redeemAuthorizationCode(db, codeHash, { accessToken: access() }), false)
  assert.equal(await count(db, 'access_tokens', familyId), 0)
})

test('a repeated rotation keeps the successor as the first one stored it', async (t) => {
  const db = await testDb(t)
  const { codeHash, familyId } = await someCode(db)
  const [old, successor] = [refreshing(), refreshing(hash(), now() + 500)]
  await redeemAuthorizationCode(db, codeHash, { accessToken: access(), refreshToken: old })
  const rotate = (expiresAt: number) =>
    rotateRefreshToken(db, old.tokenHash, {
      accessToken: access(),
      refreshToken: { ...successor, expiresAt },
      successorKey: 'k',
    })

  // By the database's clock.
  const first = await rotate(successor.expiresAt)
  assert.ok(first)
  assert.equal(await rotate(successor.expiresAt + 30), first)

  assert.equal(await count(db, 'refresh_tokens', familyId), 2)
  assert.equal(await count(db, 'access_tokens', familyId), 3)
})

test('a rotation is over when its successor was redeemed, or after thirty seconds', async (t) => {
  const db = await testDb(t)
  for (const over of [
    'update refresh_tokens set consumed_at = now() where token_hash = $2 and $1::bytea is not null',
    `update refresh_tokens set consumed_at = now() - interval '31s'
      where token_hash = $1 and $2::bytea is not null`,
  ]) {
    const { codeHash, client } = await someCode(db)
    const [old, successor] = [refreshing(), refreshing()]
    await redeemAuthorizationCode(db, codeHash, { accessToken: access(), refreshToken: old })
    const rotate = () =>
      rotateRefreshToken(db, old.tokenHash, {
        accessToken: access(),
        refreshToken: successor,
        successorKey: 'k',
      })
    await rotate()
    await db.query(over, [old.tokenHash, successor.tokenHash])

    assert.equal(await rotate(), undefined)
    const { refreshToken } = await readRefreshRequest(db, {
      clientId: client.clientId,
      tokenHash: old.tokenHash,
      successorHash: successor.tokenHash,
    })
    assert.equal(refreshToken?.reuse, true)
  }
})

test('a repetition does not begin the thirty seconds anew', async (t) => {
  const db = await testDb(t)
  const { codeHash } = await someCode(db)
  const [old, refreshToken] = [refreshing(), refreshing()]
  await redeemAuthorizationCode(db, codeHash, { accessToken: access(), refreshToken: old })
  const rotate = () =>
    rotateRefreshToken(db, old.tokenHash, {
      accessToken: access(),
      refreshToken,
      successorKey: 'k',
    })
  await rotate()
  const aWhileAgo = `update refresh_tokens set consumed_at = consumed_at - interval '20s'
                      where token_hash = $1`

  await db.query(aWhileAgo, [old.tokenHash])
  assert.ok(await rotate())
  await db.query(aWhileAgo, [old.tokenHash])
  assert.equal(await rotate(), undefined)
})

// R17
test('a rotation begun under one key stores nothing under another, and says which it was', async (t) => {
  const db = await testDb(t)
  const { codeHash, familyId, client } = await someCode(db)
  const [old, successor, sibling] = [refreshing(), refreshing(), refreshing()]
  await redeemAuthorizationCode(db, codeHash, { accessToken: access(), refreshToken: old })
  const rotate = (refreshToken: typeof old, successorKey: string) =>
    rotateRefreshToken(db, old.tokenHash, { accessToken: access(), refreshToken, successorKey })
  await rotate(successor, 'one')

  assert.equal(await rotate(sibling, 'two'), undefined)

  assert.equal(await count(db, 'refresh_tokens', familyId), 2)
  const { refreshToken } = await readRefreshRequest(db, {
    clientId: client.clientId,
    tokenHash: old.tokenHash,
    successorHash: sibling.tokenHash,
  })
  assert.deepEqual([refreshToken?.reuse, refreshToken?.successorKey], [false, 'one'])
  assert.equal(await rotate(successor, 'one'), successor.expiresAt)
})

test('a machine’s token is stored only if the client may still have it', async (t) => {
  const db = await testDb(t)
  const { id, clientId } = await someClient(db, 'machine')
  const secretHash = hash()
  await addClientSecret(db, { id: randomUUID(), clientRowId: id, secretHash, hint: 'abcd' })
  const issue = (owner: object = {}) =>
    issueMachineToken(db, access(), {
      clientId,
      secretHash,
      platformScopes: ['READ_STORE'],
      ...owner,
    })

  assert.equal(await issue(), true)
  assert.equal(await issue({ secretHash: hash() }), false)
  assert.equal(await issue({ platformScopes: ['READ_STORE', 'WRITE_STORE'] }), false)
  await updateClient(db, id, { grantTypes: ['authorization_code'] })
  assert.equal(await issue(), false)
  await updateClient(db, id, { grantTypes: ['client_credentials'], disabledAt: new Date() })
  assert.equal(await issue(), false)
})

// R3: nobody knows whether it was done, and a second time would find the code spent.
test('no statement that spends or stores is sent again when its connection breaks', () => {
  for (const sql of [redeemCodes, rotateRefreshTokens, issueToMachines]) {
    assert.equal(onlyReads(sql), false, sql)
  }
})
