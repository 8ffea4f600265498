import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAccount } from '#db/accounts.ts'
import { testEngine } from '#db/testing.ts'
import { passwordHashing } from '../../src/login/passwords.ts'
import { Visitor } from '../visitor.ts'
import { assertActive, type Tokens } from './answers.ts'
import { audit } from './auditor.ts'
import { type Grantee, grantee, issueCodes } from './grants.ts'
import { type Installation, install } from './installation.ts'
import { Witness } from './witness.ts'

const [old, next] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')]
const apps = 8
const people = 3

/** The steps of docs/operate.md: accept the next key everywhere, use it everywhere, drop the old. */
const steps = [
  { SECRET_KEY: old, SECRET_KEYS_ACCEPTED: next },
  { SECRET_KEY: next, SECRET_KEYS_ACCEPTED: old },
]

// R17
test('SECRET_KEY rotates on two nodes under load: no token, session or repetition is lost', {
  skip: testEngine === 'pglite' && 'PostgreSQL only',
}, async (t) => {
  const place = await install(t, { env: { SECRET_KEY: old } })
  const client = await grantee(place.db)
  const witness = new Witness()
  const load = { place, client, witness, running: true }
  const visitors = await Promise.all(Array.from({ length: people }, () => signedIn(place)))
  const refreshing = (await issueCodes(place.db, client, apps)).map((code) =>
    refreshAll(load, code),
  )
  const visiting = visitors.map((visitor) => visitAll(load, visitor))

  for (const env of steps) {
    for (const index of [0, 1]) {
      await sleep(1000)
      await place.restartAfterKill(index, env)
    }
  }
  await sleep(1000)
  load.running = false

  const last = await Promise.all(refreshing)
  const visits = await Promise.all(visiting)
  t.diagnostic(`${witness.attempts.length} refreshes, ${visits.flat().length} visits`)
  assert.deepEqual(new Set(visits.flat()), new Set(['/account']))
  await assertActive(witness, place.urls, client, last)
  const { databaseUrl, urls: nodes } = place
  await audit({ databaseUrl, nodes, received: { attempts: witness.attempts } })

  for (const index of [0, 1]) await place.restartAfterKill(index, { SECRET_KEY: next })
  await assertActive(witness, place.urls, client, last)
  const after = await Promise.all(visitors.map((visitor) => visit(place, visitor)))
  // Whoever signed in under the old key signs in again.
  assert.deepEqual(new Set(after), new Set(['/login']))
})

interface Load {
  place: Installation
  client: Grantee
  witness: Witness
  running: boolean
}

const anyNode = ({ urls }: Installation) => urls[Math.floor(Math.random() * urls.length)] ?? ''

/** Repeats what broke off, as apps do, at whatever node the balancer finds. */
async function insist<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await sleep(100)
  }
  throw new Error('no node answers')
}

async function refreshAll(load: Load, code: string): Promise<Tokens> {
  const { place, client, witness } = load
  const answer = await witness.exchange(anyNode(place), client, code)
  let tokens: Tokens = answer?.body
  while (load.running) {
    const token = tokens.refresh_token
    const { status, body } = await insist(() => witness.refresh(anyNode(place), client, token))
    assert.equal(status, 200, JSON.stringify(body))
    // Its answer was lost, it says.
    const again = await insist(() => witness.refresh(anyNode(place), client, token))
    assert.equal(again.body.refresh_token, body.refresh_token)
    tokens = again.body
    await sleep(20)
  }
  return tokens
}

async function visitAll(load: Load, visitor: Visitor): Promise<string[]> {
  const seen: string[] = []
  while (load.running) {
    seen.push(await visit(load.place, visitor))
    await sleep(50)
  }
  return seen
}

/** The path at which a visit to the account page ends. */
function visit(place: Installation, visitor: Visitor): Promise<string> {
  return insist(async () => {
    const url = `${anyNode(place)}/account`
    const response = await visitor.fetch(url).catch(() => undefined)
    if (!response) return undefined
    await response.body?.cancel()
    return new URL(response.headers.get('location') ?? url, url).pathname
  })
}

async function signedIn(place: Installation): Promise<Visitor> {
  const email = `${randomBytes(8).toString('hex')}@example.com`
  const password = 'correct horse battery staple'
  const passwordHash = await passwordHashing().hash(password)
  await createAccount(place.db, { email, emailKey: email, passwordHash, emailVerified: true })
  const visitor = new Visitor(place.urls[0] ?? '')
  await visitor.submit(await visitor.go('/login'), { email, password })
  return visitor
}
