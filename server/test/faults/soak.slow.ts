// Five minutes, or SOAK_SECONDS.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { install } from './installation.ts'
import { slope, soak } from './soak.ts'

const seconds = Number(process.env.SOAK_SECONDS ?? 300)
const kilobyte = 1024

// R25, I10
test('for as long as it runs the process stays as large as it is', async (t) => {
  const place = await install(t, { nodes: 1 })

  const samples = await soak(place, { seconds, samples: 30 })

  for (const one of samples) t.diagnostic(JSON.stringify(one))
  const warm = samples.slice(samples.length / 3)
  const [held, resident, handles] = [
    slope(warm, (sample) => sample.held),
    slope(warm, (sample) => sample.resident),
    slope(warm, (sample) => sample.handles),
  ].map((perSecond) => perSecond * 60)
  const inWords = `a minute: ${kilobytes(held)} held, ${kilobytes(resident)} resident, ${handles} handles`
  t.diagnostic(inWords)
  // An hour of it, at the most, is what the process has at its start.
  assert.ok(Number(held) < 500 * kilobyte, inWords)
  assert.ok(Number(resident) < 3_000 * kilobyte, inWords)
  assert.ok(Number(handles) < 1, inWords)
})

const kilobytes = (bytes = 0) => `${Math.round(bytes / kilobyte)} KB`
