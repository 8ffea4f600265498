import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { install } from './installation.ts'
import { soak } from './soak.ts'

const megabyte = 1024 * 1024

// R25, I10: soak.slow.ts does it for longer
test('traffic leaves neither memory nor handles behind', {
  skip: testEngine === 'pglite' && 'PostgreSQL only: the test puts codes into the database',
}, async (t) => {
  const place = await install(t, { nodes: 1 })

  const samples = await soak(place, { seconds: 20, samples: 10 })

  for (const one of samples) t.diagnostic(JSON.stringify(one))
  // Until then caches fill.
  const [warm] = samples.slice(3)
  const last = samples.at(-1)
  assert.ok(warm && last)
  assert.ok(last.held - warm.held < 2 * megabyte, `${last.held - warm.held} bytes more are held`)
  assert.ok(last.handles <= warm.handles + 5, `${warm.handles} handles became ${last.handles}`)
})
