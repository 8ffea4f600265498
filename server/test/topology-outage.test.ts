import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { introspect } from './harness.ts'
import { startTopology } from './topology.ts'
import { at, newApp } from './topology-people.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

// R3
test(
  'while the database is away a node says so, and without nodes HAProxy does',
  only,
  async (t) => {
    const topology = await startTopology(t)
    const app = await newApp(topology)

    await topology.pooler.stop()
    await until(async () => (await ready(topology.url)).status === 503)
    const refused = await introspect(at(topology.url), app, 'agpt_xt_unknown')
    const health = await ready(topology.url)

    assert.equal(refused.status, 503)
    assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal(refused.body.error, 'temporarily_unavailable')
    assert.equal(typeof refused.body.detail, 'string')
    assert.deepEqual(await health.json(), { status: 'not ready', reason: 'database' })
    assert.equal((await fetch(`${topology.url}/health/live`)).status, 200)

    await Promise.all(topology.nodes.map((node) => node.stop('SIGKILL')))
    const nobody = await introspect(at(topology.url), app, 'agpt_xt_unknown')

    assert.equal(nobody.status, 503)
    assert.match(nobody.headers.get('retry-after') ?? '', /^\d+$/)
    assert.deepEqual(nobody.body, { error: 'temporarily_unavailable' })
  },
)

const ready = (url: string) => fetch(`${url}/health/ready`)

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return
    await sleep(50)
  }
  throw new Error('it did not happen')
}
