import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { longest, refusals, startLoad, successes } from './database-load.ts'
import { installProxied } from './database-proxied.ts'
import type { Weather } from './tcp-proxy.ts'
import { Witness } from './witness.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: the network is between it and the server'

/** The contract says two seconds; the rest is for a machine that has other things to do. */
const statedMs = 2000 * 2

const outages: Record<string, Weather> = {
  'a network that swallows everything': { blackhole: true },
  'answers that take five seconds': { latencyMs: 5000 },
}

// R18
for (const [name, weather] of Object.entries(outages)) {
  test(`${name}: 503 in time, then at once, and back by itself`, { skip }, async (t) => {
    const { place, proxy, node, client, witness, audited } = await installProxied(t)
    const load = await startLoad(place, client, witness, 3000)
    await sleep(1000)

    const began = performance.now()
    proxy.weather = weather
    await sleep(3000)
    const known = performance.now()
    const live = await witness.get(node, '/health/live')
    const ready = await new Witness().get(node, '/health/ready')
    await sleep(1000)
    const [soon, later] = [longest(witness, began), longest(witness, known)]
    const refused = refusals(witness, known)
    proxy.weather = {}
    const over = performance.now()
    await sleep(2500)
    await load.stop()

    assert.equal(live?.status, 200)
    assert.equal(ready?.status, 503)
    assert.ok(soon < statedMs, `an answer took ${soon} ms`)
    // Those who come while it is known to be away do not wait for anything.
    assert.ok(refused > 10, `${refused} refused`)
    assert.ok(successes(witness, over) > 0)
    await audited()
    t.diagnostic(JSON.stringify({ soon, later, refused }))
  })
}

// R18, against I1: nobody knows whether it was stored, and it was.
test('the answer to a commit is lost: no code is good twice, no refresh token dies of it', {
  skip,
}, async (t) => {
  const { place, proxy, node, client, witness, codes, audited } = await installProxied(t)
  const [code = '', other = ''] = await codes(2)
  const first = await witness.exchange(node, client, other)
  const { refresh_token } = first?.body ?? {}

  proxy.weather = { losesAnswerTo: /redeem_codes|rotate_refresh_tokens/ }
  const lost = [
    await witness.exchange(node, client, code),
    await witness.refresh(node, client, refresh_token),
  ]
  proxy.weather = {}
  const stored = await place.db.query('select 1 from access_tokens')
  const exchanged = await witness.exchange(node, client, code)
  const refreshed = await witness.refresh(node, client, refresh_token)

  assert.equal(proxy.lost, 2)
  assert.deepEqual(tally(lost), { '503 temporarily_unavailable': 2 })
  assert.equal(stored.rowCount, 3)
  assert.equal(exchanged?.body.error, 'invalid_grant')
  assert.equal(refreshed?.status, 200)
  await audited()
})
