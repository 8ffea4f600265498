import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { tally } from './answers.ts'
import { longest, refusals, startLoad, successes } from './database-load.ts'
import { installProxied } from './database-proxied.ts'
import type { TcpProxy } from './tcp-proxy.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: the network is between it and the server'

// R18
test('a network that is only slow is waited for', { skip }, async (t) => {
  const { proxy, node, client, witness, codes, audited } = await installProxied(t)

  for (const weather of [
    { latencyMs: 25, jitterMs: 25 },
    { latencyMs: 200, jitterMs: 50 },
  ]) {
    proxy.weather = weather
    const first = await Promise.all(
      (await codes(8)).map((code) => witness.exchange(node, client, code)),
    )
    const next = await Promise.all(
      first.map((answer) => witness.refresh(node, client, answer?.body.refresh_token)),
    )
    assert.deepEqual(tally([...first, ...next]), { 200: 16 })
  }

  await audited()
})

const nuisances: Record<string, (proxy: TcpProxy) => void> = {
  'a network of a kilobyte a second': (proxy) => {
    proxy.weather = { bytesPerSecond: 1000 }
  },
  'answers that break off with a reset': (proxy) => {
    proxy.weather = { resetsAnswers: true }
  },
  'connections whose far side has gone without a word': (proxy) => proxy.leaveHalfOpen(),
}

// R18
for (const [name, begin] of Object.entries(nuisances)) {
  test(`${name}: nothing hangs, nothing is lost, and it passes`, { skip }, async (t) => {
    const { place, proxy, client, witness, audited } = await installProxied(t)
    const load = await startLoad(place, client, witness, 3000)
    t.after(() => load.stop())
    await sleep(500)

    begin(proxy)
    await sleep(2500)
    proxy.weather = {}
    const over = performance.now()
    while (successes(witness, over) === 0) await sleep(100)
    await load.stop()

    // A statement may take four seconds, and one more to be cancelled.
    assert.ok(longest(witness) < 5000 * 2, `an answer took ${longest(witness)} ms`)
    await audited()
    t.diagnostic(JSON.stringify({ refused: refusals(witness), longest: longest(witness) }))
  })
}
