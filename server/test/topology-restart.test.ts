import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { testEngine } from '#db/testing.ts'
import { startTopology } from './topology.ts'
import { startLoad } from './topology-load.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

// R11, R12
test('two nodes restarted one after the other under load: no request fails', only, async (t) => {
  const topology = await startTopology(t)
  const load = await startLoad(t, topology)
  await sleep(1000)

  const codes = [await topology.restart(0), await topology.restart(1)]
  await sleep(1000)

  const { counts, failures } = await load.stop()
  t.diagnostic(JSON.stringify(counts))
  assert.deepEqual(failures, [])
  assert.deepEqual(codes, [0, 0])
  for (const count of Object.values(counts)) assert.ok(count > 10)
})

// R12
test('a node that is killed under load costs no request that may be repeated', only, async (t) => {
  const topology = await startTopology(t)
  const load = await startLoad(t, topology)
  await sleep(1000)

  await topology.nodes[0]?.stop('SIGKILL')
  await sleep(2000)

  const { failures } = await load.stop()
  // What was being sent to it is not sent twice, but nobody is told that their grant is gone.
  const posts = /^(authorize and exchange|refresh|introspect): /
  assert.deepEqual(
    failures.filter((failure) => !posts.test(failure) || failure.includes('invalid_grant')),
    [],
  )
})
