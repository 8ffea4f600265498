import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Context } from 'koa'
import { createAccount, findAccount, setPasswordHash } from '#db/accounts.ts'
import { testDatabase } from '#db/testing.ts'
import { passwordChanger } from './password-change.ts'

// A110, A115
test('a password that was reset meanwhile stays, whoever knew the one before', async (t) => {
  const db = await testDatabase(t)
  const mails: object[] = []
  const change = passwordChanger({
    db,
    audit: async () => {},
    mailer: {
      async send(mail) {
        mails.push(mail)
        return {}
      },
    },
    config: { issuer: 'http://localhost:4000', issuerIsLoopback: true },
  })
  const email = 'ada@example.com'
  const person = { email, emailKey: email, emailVerified: true, passwordHash: 'known to a thief' }
  const account = await createAccount(db, person)
  assert.ok(account)
  await setPasswordHash(db, account.id, 'from the mailbox')

  const stale = { account, passwordHash: "the thief's", exceptUid: undefined }
  assert.equal(await change({} as Context, stale), false)

  const after = await findAccount(db, account.id)
  assert.ok(after)
  assert.equal(after.passwordHash, 'from the mailbox')
  assert.deepEqual(mails, [])
  assert.equal(await change({} as Context, { ...stale, account: after }), true)
  assert.equal(mails.length, 1)
})
