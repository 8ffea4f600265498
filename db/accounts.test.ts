import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import {
  type Account,
  countAdmins,
  createAccount,
  deleteAccount,
  findAccount,
  findAccountByEmailKey,
  findActiveAccount,
  listAccounts,
  type NewAccount,
  rehashPassword,
  setPasswordHash,
  updateAccount,
} from './accounts.ts'
import type { Db } from './database.ts'
import { testDatabase, testDb } from './testing.ts'

async function person(db: Db, fields: Partial<NewAccount> = {}): Promise<Account> {
  const email = fields.email ?? `${randomUUID()}@example.com`
  const account = await createAccount(db, {
    email,
    emailKey: email,
    emailVerified: true,
    ...fields,
  })
  return account ?? assert.fail('the address is taken')
}

test('an account has what was given and sensible defaults for the rest', async (t) => {
  const db = await testDb(t)

  const account = await person(db, { email: 'Ada@Example.com', emailKey: 'ada@example.com' })

  assert.ok(account.emailVerifiedAt instanceof Date)
  const { id, emailVerifiedAt, createdAt, ...rest } = account
  assert.deepEqual(rest, {
    email: 'Ada@Example.com',
    emailKey: 'ada@example.com',
    name: '',
    timezone: 'UTC',
    locale: null,
    passwordHash: null,
    passwordChangedAt: null,
    roles: [],
    disabledAt: null,
  })
  assert.deepEqual(await findAccount(db, id), account)
})

test('of many who sign up with one address at the same time one gets it', async (t) => {
  const db = await testDatabase(t)
  const ada = { email: 'ada@example.com', emailKey: 'ada@example.com', emailVerified: false }

  const created = await Promise.all(Array.from({ length: 20 }, () => createAccount(db, ada)))

  assert.equal(created.filter(Boolean).length, 1)
})

test('an address is looked up exactly, without wildcards or other letters', async (t) => {
  const db = await testDb(t)
  const { id } = await person(db, { email: 'a_b@example.com' })

  assert.equal((await findAccountByEmailKey(db, 'a_b@example.com'))?.id, id)
  for (const other of ['A_B@example.com', 'axb@example.com', '%', "' or 1=1--", 'a\u02bc@b.c']) {
    assert.equal(await findAccountByEmailKey(db, other), undefined)
  }
})

// A155
test('what no column can hold is nobody, and leaves the transaction whole', async (t) => {
  const database = await testDatabase(t)

  await database.transaction(async (tx) => {
    assert.equal(await findAccountByEmailKey(tx, 'a\0b'), undefined)
    assert.equal(await findAccount(tx, 'no-uuid'), undefined)
    assert.equal(await findActiveAccount(tx, "1' or '1'='1"), undefined)
    assert.equal(await updateAccount(tx, '', { name: 'x' }), undefined)
    assert.equal(await deleteAccount(tx, 'null'), false)
    assert.deepEqual(await listAccounts(tx, { limit: 5, search: '\0' }), [])
    assert.ok(await person(tx))
  })
})

test('a disabled account is found, but is not active', async (t) => {
  const db = await testDb(t)
  const { id } = await person(db)
  assert.equal((await findActiveAccount(db, id))?.id, id)

  await updateAccount(db, id, { disabledAt: new Date() })

  assert.equal(await findActiveAccount(db, id), undefined)
  assert.ok((await findAccount(db, id))?.disabledAt)
})

test('an update changes what is given and nothing else', async (t) => {
  const db = await testDb(t)
  const before = await person(db, { name: 'Ada', timezone: 'Europe/Berlin', roles: ['admin'] })

  const after = await updateAccount(db, before.id, { name: '', emailVerifiedAt: null })

  assert.deepEqual(after, { ...before, name: '', emailVerifiedAt: null })
  assert.equal(await updateAccount(db, randomUUID(), { name: 'x' }), undefined)
})

test('a new password is dated, a rehash of the old one is not and never wins over a new one', async (t) => {
  const db = await testDb(t)
  const { id, passwordChangedAt } = await person(db, { passwordHash: 'one' })
  assert.ok(passwordChangedAt)

  await updateAccount(db, id, { name: 'x' })
  await rehashPassword(db, id, 'one', 'one, stronger')
  assert.deepEqual((await findAccount(db, id))?.passwordHash, 'one, stronger')
  assert.deepEqual((await findAccount(db, id))?.passwordChangedAt, passwordChangedAt)

  await setPasswordHash(db, id, 'two')
  await rehashPassword(db, id, 'one, stronger', 'one, strongest')
  assert.equal((await findAccount(db, id))?.passwordHash, 'two')
})

test('pages go from the newest to the oldest and miss nobody', async (t) => {
  const db = await testDatabase(t)
  for (let n = 0; n < 7; n += 1) await person(db, { name: `n${n}` })

  const seen: string[] = []
  let after: Account | undefined
  do {
    const page = await listAccounts(db, { limit: 3, after })
    seen.push(...page.map(({ name }) => name))
    after = page.at(-1)
  } while (after)

  assert.deepEqual(seen.toSorted(), ['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6'])
  assert.equal(new Set(seen).size, 7)
})

test('a search takes its text as it is', async (t) => {
  const db = await testDb(t)
  await person(db, { email: 'ada@example.com', name: 'Ada 100% Lovelace' })
  await person(db, { email: 'alan@example.com', name: 'Alan' })
  const names = async (search: string) =>
    (await listAccounts(db, { limit: 9, search })).map(({ name }) => name)

  assert.deepEqual(await names('LOVE'), ['Ada 100% Lovelace'])
  assert.deepEqual(await names('alan@'), ['Alan'])
  assert.deepEqual(await names('100%'), ['Ada 100% Lovelace'])
  assert.deepEqual(await names('_'), [])
})

test('only active administrators count, and only known roles exist', async (t) => {
  const db = await testDb(t)
  const before = await countAdmins(db)
  await person(db, { roles: ['admin'] })
  await updateAccount(db, (await person(db, { roles: ['admin'] })).id, { disabledAt: new Date() })
  await person(db)

  assert.equal(await countAdmins(db), before + 1)
  await assert.rejects(person(db, { roles: ['owner'] }), /check constraint/)
})

test('a deleted account is gone', async (t) => {
  const db = await testDb(t)
  const { id } = await person(db)

  assert.equal(await deleteAccount(db, id), true)
  assert.equal(await deleteAccount(db, id), false)
  assert.equal(await findAccount(db, id), undefined)
})
