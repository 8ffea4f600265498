import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { audit } from './auditor.ts'
import { installOnOwn } from './database-outage.ts'
import { issueCodes } from './grants.ts'
import { Witness } from './witness.ts'

const skip =
  testEngine === 'pglite' && 'PostgreSQL only: its settings are changed beside the server'

// R9: what a failover to a replica looks like.
test('a database that became read-only is 503 for what writes, and reads go on', {
  skip,
}, async (t) => {
  const { place, client, witness } = await installOnOwn(t)
  const [node = ''] = place.urls
  const [code = '', other = ''] = await issueCodes(place.db, client, 2)
  const first = await witness.exchange(node, client, other)
  const { access_token, refresh_token } = first?.body ?? {}
  const readyIs = async (status: number) => {
    for (let tries = 0; tries < 50; tries++) {
      const ready = await new Witness().get(node, '/health/ready')
      if (ready?.status === status) return ready.body
      await sleep(100)
    }
    return assert.fail(`not ${status}`)
  }

  await place.db.query('alter system set default_transaction_read_only = on')
  await place.db.query('select pg_reload_conf()')
  const { reason } = await readyIs(503)
  const writes = await Promise.all([
    witness.exchange(node, client, code),
    witness.refresh(node, client, refresh_token),
    witness.revoke(node, client, access_token),
  ])
  const reads = await Promise.all([
    witness.introspect(node, client, access_token),
    witness.get(node, '/.well-known/jwks.json'),
    witness.get(node, '/health/live'),
  ])
  await place.db.query('alter system reset default_transaction_read_only')
  await place.db.query('select pg_reload_conf()')
  await readyIs(200)

  assert.equal(reason, 'database read-only')
  assert.deepEqual(tally(writes), { '503 temporarily_unavailable': 3 })
  assert.deepEqual(tally(reads), { 200: 3 })
  assert.equal(reads[0]?.body.active, true)
  const after = [
    await witness.exchange(node, client, code),
    await witness.refresh(node, client, refresh_token),
  ]
  assert.deepEqual(tally(after), { 200: 2 })
  await audit({ databaseUrl: place.databaseUrl, nodes: place.urls, received: witness })
})
