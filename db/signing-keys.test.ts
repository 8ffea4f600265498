import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { insertSigningKeyIfNone, listSigningKeys, type SigningKey } from './signing-keys.ts'
import { testDatabase } from './testing.ts'

const key = (algorithm: SigningKey['algorithm']): SigningKey => ({
  kid: randomUUID(),
  algorithm,
  publicJwk: { kty: 'EC' },
  privateJwk: 'eyJ…',
})

test('nodes that start at the same time make one key per algorithm', async (t) => {
  const db = await testDatabase(t)
  const nodes = Array.from({ length: 8 }, () => [key('ES256'), key('RS256')]).flat()

  await Promise.all(nodes.map((node) => insertSigningKeyIfNone(db, node)))

  const keys = await listSigningKeys(db)
  assert.deepEqual(keys.map(({ algorithm }) => algorithm).toSorted(), ['ES256', 'RS256'])
  assert.deepEqual(keys[0]?.publicJwk, { kty: 'EC' })
})

test('a retired key is listed no longer and makes room for a new one', async (t) => {
  const db = await testDatabase(t)
  const [old, next] = [key('ES256'), key('ES256')]
  await insertSigningKeyIfNone(db, old)
  await db.query('update signing_keys set retired_at = now()')

  await insertSigningKeyIfNone(db, next)

  assert.deepEqual(
    (await listSigningKeys(db)).map(({ kid }) => kid),
    [next.kid],
  )
})
