import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { audit } from './auditor.ts'
import { endureEndings } from './database-connections.ts'
import { grantee, issueCodes } from './grants.ts'
import { type Installation, install } from './installation.ts'
import { Witness } from './witness.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: others use the database beside the server'

// R4
test('connections that the server ends cost at most a request, and nothing is issued twice', {
  skip,
}, async (t) => {
  const place = await install(t)

  const seen = await endureEndings(place, { forMs: 3000 })

  assert.ok(seen.succeeded > 0)
  t.diagnostic(JSON.stringify(seen))
})

/** Holds locks in a transaction until it is let go. */
async function lock({ db }: Installation, statement: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = db.transaction(
    async (tx) => {
      await tx.query(statement)
      locked.resolve()
      await held.promise
    },
    { timeoutSeconds: 60 },
  )
  holding.catch(locked.reject)
  await locked.promise
  return () => {
    held.resolve()
    return holding
  }
}

// R5
test('with every connection taken requests are refused in time, and it lives', {
  skip,
}, async (t) => {
  const place = await install(t, { nodes: 1 })
  const [node = ''] = place.urls
  const client = await grantee(place.db)
  const witness = new Witness()
  const codes = await issueCodes(place.db, client, 31)
  const release = await lock(place, 'lock table authorization_codes')

  const answers = codes.slice(1).map((code) => witness.exchange(node, client, code))
  await sleep(500)
  const live = await witness.get(node, '/health/live')
  const refused = tally(await Promise.all(answers))
  await release()

  assert.equal(live?.status, 200)
  assert.deepEqual(refused, { '503 temporarily_unavailable': 30 })
  const again = await Promise.all(codes.map((code) => witness.exchange(node, client, code)))
  assert.deepEqual(tally(again), { 200: 31 })
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
})

// R6
test('a row that somebody holds is 503, and what was refused does not happen later', {
  skip,
}, async (t) => {
  const place = await install(t, { nodes: 1 })
  const [node = ''] = place.urls
  const client = await grantee(place.db)
  const witness = new Witness()
  const [code = '', other = ''] = await issueCodes(place.db, client, 2)
  const first = await witness.exchange(node, client, other)
  const release = await lock(
    place,
    `select 1
       from authorization_codes, refresh_tokens
        for update`,
  )

  const held = await Promise.all([
    witness.exchange(node, client, code),
    witness.refresh(node, client, first?.body.refresh_token),
  ])
  const stored = await place.db.query('select 1 from access_tokens')
  await release()
  await sleep(1000)

  assert.deepEqual(tally(held), { '503 temporarily_unavailable': 2 })
  assert.equal(stored.rowCount, 1)
  assert.equal((await place.db.query('select 1 from access_tokens')).rowCount, 1)
  const again = await Promise.all([
    witness.exchange(node, client, code),
    witness.refresh(node, client, first?.body.refresh_token),
  ])
  assert.deepEqual(tally(again), { 200: 2 })
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
})
