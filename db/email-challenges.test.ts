import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { createAccount } from './accounts.ts'
import type { Db } from './database.ts'
import {
  answerChallenge,
  claimChallenge,
  createChallenge,
  findChallenge,
  findChallengeByLink,
  forgetChallengeBrowser,
  setChallengeAccount,
  useChallengeByLink,
  voidAccountChallenges,
} from './email-challenges.ts'
import { testDatabase, testDb } from './testing.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const code = sha256('123456')
const wrong = sha256('654321')
const browser = sha256('cookie')

async function signUp(db: Db, lifetime = 3600) {
  const linkHash = randomBytes(32)
  const id = await createChallenge(db, {
    purpose: 'sign_up',
    email: 'ada@example.com',
    emailKey: 'ada@example.com',
    linkHash,
    codeHash: code,
    browserHash: browser,
    continueTo: '/login',
    lifetime,
  })
  const answer = (codeHash: Buffer) =>
    answerChallenge(db, { id, browserHash: browser, codeHashes: [codeHash], maxAttempts: 5 })
  return { id, linkHash, answer }
}

async function account(db: Db) {
  const email = `${randomUUID()}@example.com`
  const created = await createAccount(db, { email, emailKey: email, emailVerified: false })
  return created?.id ?? assert.fail()
}

test('looking at a link does not spend it, using it does, once', async (t) => {
  const db = await testDb(t)
  const { id, linkHash } = await signUp(db)

  assert.equal((await findChallengeByLink(db, ['sign_up'], linkHash))?.id, id)
  assert.equal((await useChallengeByLink(db, ['sign_up'], linkHash))?.id, id)
  assert.equal(await useChallengeByLink(db, ['sign_up'], linkHash), undefined)
  assert.equal(await findChallengeByLink(db, ['sign_up'], linkHash), undefined)
  assert.ok((await findChallenge(db, id))?.usedAt)
})

test('a link serves its own purpose only, and none when it is over', async (t) => {
  const db = await testDb(t)
  const { linkHash } = await signUp(db)
  const over = await signUp(db, -1)

  assert.equal(await useChallengeByLink(db, ['reset_password'], linkHash), undefined)
  assert.equal(await useChallengeByLink(db, ['sign_up'], over.linkHash), undefined)
  assert.equal(await over.answer(code), undefined)
  assert.equal(await findChallenge(db, over.id), undefined)
})

test('of many uses of one link at the same time one succeeds', async (t) => {
  const db = await testDatabase(t)
  const { linkHash } = await signUp(db)

  const used = await Promise.all(
    Array.from({ length: 20 }, () => useChallengeByLink(db, ['sign_up'], linkHash)),
  )

  assert.equal(used.filter(Boolean).length, 1)
})

test('five wrong codes end the challenge for the right one, too', async (t) => {
  const db = await testDb(t)
  const { answer } = await signUp(db)

  for (let attempts = 1; attempts <= 5; attempts++) {
    const left = await answer(wrong)
    assert.equal(left?.attempts, attempts)
    assert.equal(left?.usedAt, null)
  }
  assert.equal(await answer(code), undefined)
})

// A117
test('guesses sent at the same time are no more than allowed', async (t) => {
  const db = await testDatabase(t)
  const { answer } = await signUp(db)

  const answers = await Promise.all(Array.from({ length: 20 }, () => answer(wrong)))

  assert.equal(answers.filter(Boolean).length, 5)
})

test('a right code spends the challenge, in the browser that asked only', async (t) => {
  const db = await testDb(t)
  const { id, answer } = await signUp(db)
  const elsewhere = { id, browserHash: sha256('other'), codeHashes: [code], maxAttempts: 5 }

  assert.equal(await answerChallenge(db, elsewhere), undefined)
  assert.ok((await answer(code))?.usedAt)
  assert.equal(await answer(code), undefined)
})

test('the browser that asked goes on once, and only after the challenge was used', async (t) => {
  const db = await testDb(t)
  const { id, linkHash } = await signUp(db)
  const accountId = await account(db)

  assert.equal(await claimChallenge(db, id, browser), undefined)
  await useChallengeByLink(db, ['sign_up'], linkHash)
  assert.equal(await claimChallenge(db, id, browser), undefined)
  await setChallengeAccount(db, id, accountId)
  assert.equal(await claimChallenge(db, id, sha256('other')), undefined)
  assert.equal(await claimChallenge(db, id, browser), accountId)
  assert.equal(await claimChallenge(db, id, browser), undefined)
})

test('a browser that was forgotten does not go on', async (t) => {
  const db = await testDb(t)
  const { id, linkHash } = await signUp(db)
  await setChallengeAccount(db, id, await account(db))
  await useChallengeByLink(db, ['sign_up'], linkHash)

  await forgetChallengeBrowser(db, id)

  assert.equal(await claimChallenge(db, id, browser), undefined)
})

test('the links and codes of an account end together, but for the one just used', async (t) => {
  const db = await testDb(t)
  const [mine, other] = [await account(db), await account(db)]
  const make = (accountId: string) =>
    createChallenge(db, {
      purpose: 'reset_password',
      accountId,
      linkHash: randomBytes(32),
      lifetime: 60,
    })
  const [kept, ended, foreign] = [await make(mine), await make(mine), await make(other)]

  await voidAccountChallenges(db, mine, { purposes: ['verify_email'] })
  assert.ok(await findChallenge(db, ended))
  await voidAccountChallenges(db, mine, { except: kept })

  assert.equal(await findChallenge(db, ended), undefined)
  assert.ok(await findChallenge(db, kept))
  assert.ok(await findChallenge(db, foreign))
})
