import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createAccount, deleteAccount } from './accounts.ts'
import { addClientSecret, deleteClientSecret, listClientSecrets } from './client-secrets.ts'
import {
  type Client,
  createClient,
  deleteClient,
  findClient,
  findClientByClientId,
  listClients,
  type NewClient,
  updateClient,
} from './clients.ts'
import type { Db } from './database.ts'
import { InvalidText } from './database-errors.ts'
import { findRegisteredClient } from './registered-clients.ts'
import { testDatabase, testDb } from './testing.ts'

function client(db: Db, fields: Partial<NewClient> = {}): Promise<Client> {
  return createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomBytes(16).toString('base64url')}`,
    name: 'Shop',
    type: 'web',
    grantTypes: ['authorization_code'],
    redirectUris: ['https://shop.example/cb?a="1",{2}\\'],
    scopes: ['READ_GRAPH', 'EXECUTE_GRAPH'],
    optionalScopes: ['EXECUTE_GRAPH'],
    ...fields,
  })
}

async function secret(db: Db, clientRowId: string, expiresAt?: Date) {
  const id = randomUUID()
  const secretHash = createHash('sha256').update(id).digest()
  await addClientSecret(db, { id, clientRowId, secretHash, hint: 'wxyz', expiresAt })
  return { id, hash: secretHash.toString('base64') }
}

test('a client comes back as it was given, whatever its addresses contain', async (t) => {
  const db = await testDb(t)

  const made = await client(db, { name: `L'"app" {}\\ 😀`, approvedAt: new Date(0) })

  assert.deepEqual(made.redirectUris, ['https://shop.example/cb?a="1",{2}\\'])
  assert.equal(made.name, `L'"app" {}\\ 😀`)
  assert.equal(made.idTokenAlg, 'ES256')
  assert.equal(made.requirePkce, true)
  assert.deepEqual(made.approvedAt, new Date(0))
  assert.deepEqual(await findClient(db, made.id), made)
  assert.deepEqual(await findClientByClientId(db, made.clientId), made)
})

test('the database refuses a client that could not be one', async (t) => {
  const db = await testDb(t)
  const { clientId } = await client(db)

  await assert.rejects(client(db, { clientId }), /unique constraint/)
  await assert.rejects(client(db, { clientId: 'shop' }), /check constraint/)
  await assert.rejects(client(db, { name: '' }), /check constraint/)
  await assert.rejects(client(db, { optionalScopes: ['WRITE_GRAPH'] }), /check constraint/)
  await assert.rejects(client(db, { name: 'a\0b' }), InvalidText)
})

// A155
test('an id in another form, or with a NUL byte, is no client', async (t) => {
  const db = await testDb(t)

  assert.equal(await findClient(db, "x' or 1=1--"), undefined)
  assert.equal(await findClientByClientId(db, 'agpt_client_\0'), undefined)
  assert.equal(await findRegisteredClient(db, '\0'), undefined)
  assert.equal(await updateClient(db, 'x', { name: 'y' }), undefined)
  assert.equal(await deleteClient(db, 'x'), false)
  assert.equal(await deleteClientSecret(db, 'x', 'y'), false)
})

test('authenticating a client finds its unexpired secrets', async (t) => {
  const db = await testDb(t)
  const { id, clientId } = await client(db)
  const [first, second] = [
    await secret(db, id),
    await secret(db, id, new Date(Date.now() + 60_000)),
  ]
  await secret(db, id, new Date(Date.now() - 60_000))
  await secret(db, (await client(db)).id)

  const found = await findRegisteredClient(db, clientId)

  assert.deepEqual(found?.secretHashes.toSorted(), [first.hash, second.hash].toSorted())
})

test('a disabled client cannot authenticate, but is still there', async (t) => {
  const db = await testDb(t)
  const { id, clientId } = await client(db)

  await updateClient(db, id, { disabledAt: new Date() })

  assert.equal(await findRegisteredClient(db, clientId), undefined)
  assert.equal((await findClientByClientId(db, clientId))?.id, id)
})

test('a secret is listed by its hint, removed by its own client only, and gone with it', async (t) => {
  const db = await testDb(t)
  const [mine, other] = [await client(db), await client(db)]
  const { id } = await secret(db, mine.id)

  assert.deepEqual(
    (await listClientSecrets(db, mine.id)).map((listed) => Object.keys(listed)),
    [['id', 'hint', 'createdAt', 'expiresAt']],
  )
  assert.equal(await deleteClientSecret(db, other.id, id), false)
  assert.equal(await deleteClientSecret(db, mine.id, id), true)
  await secret(db, mine.id)
  assert.equal(await deleteClient(db, mine.id), true)
  assert.deepEqual(await listClientSecrets(db, mine.id), [])
})

test('an update changes what is given and when it was changed', async (t) => {
  const db = await testDatabase(t)
  const before = await client(db, { website: 'https://shop.example' })

  const after = await updateClient(db, before.id, { website: null, scopes: ['EXECUTE_GRAPH'] })

  const { updatedAt } = after ?? assert.fail()
  assert.ok(updatedAt > before.updatedAt)
  assert.deepEqual(after, { ...before, website: null, scopes: ['EXECUTE_GRAPH'], updatedAt })
})

test('pages of an owner go from the newest to the oldest and miss none', async (t) => {
  const db = await testDatabase(t)
  const email = 'ada@example.com'
  const owner = await createAccount(db, { email, emailKey: email, emailVerified: true })
  const ownerId = owner?.id ?? assert.fail()
  const made: string[] = []
  for (let n = 0; n < 5; n += 1) made.push((await client(db, { ownerId })).id)
  await client(db)

  const seen: Client[] = []
  for (;;) {
    const page = await listClients(db, { limit: 2, after: seen.at(-1), ownerId })
    if (page.length === 0) break
    seen.push(...page)
  }

  assert.deepEqual(seen.map(({ id }) => id).toSorted(), made.toSorted())
  assert.equal((await listClients(db, { limit: 50 })).length, 6)
})

test("an owner's clients go with the owner", async (t) => {
  const db = await testDb(t)
  const email = `${randomUUID()}@example.com`
  const owner = await createAccount(db, { email, emailKey: email, emailVerified: true })
  const ownerId = owner?.id ?? assert.fail()
  const { id } = await client(db, { ownerId })

  await deleteAccount(db, ownerId)

  assert.equal(await findClient(db, id), undefined)
})
