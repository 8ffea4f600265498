import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventLoopDelay } from './event-loop-delay.ts'

// R26
test('a long block shows for some tenths of a second, a hiccup does not', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  let now = 0
  const delay = eventLoopDelay(() => now)
  t.after(() => delay.stop())
  const pass = (ms: number) => {
    now += ms
    t.mock.timers.tick(100)
    return delay.current()
  }

  assert.equal(pass(100), 0)
  assert.ok(pass(100 + 600) < 250)
  for (let quiet = 0; quiet < 20; quiet++) pass(100)
  assert.ok(pass(100 + 3000) > 250)
  assert.ok(pass(100) > 250)
  for (let quiet = 0; quiet < 20; quiet++) pass(100)
  assert.ok(delay.current() < 1)
})
