import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from './harness.ts'
import type { Visitor } from './visitor.ts'

const samples = 80

/** Milliseconds from request to answer. */
type Probe = (email: string) => Promise<number>

// A104
test('neither answer nor time tells whether an address has an account', async (t) => {
  const server = await startServer(t)
  const users = await Promise.all(Array.from({ length: 8 }, () => server.user()))
  const known = (i: number) => users[i % users.length]?.email ?? ''
  const unknown = () => `${crypto.randomUUID()}@example.com`
  const forms = {
    '/login': { password: 'not this one' },
    '/signup': { password: 'a quiet meadow at noon', name: 'Ada' },
    '/forgot-password': {},
  }

  for (const [path, fields] of Object.entries(forms)) {
    await t.test(path, async () => {
      const probe = await prober(server.visitor(), path, fields)
      for (let i = 0; i < 10; i++) await probe(i % 2 ? known(i) : unknown())
      const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
      for (let i = 0; i < samples; i++) {
        // Interleaved, and not always in the same order, so that load falls on both alike.
        if (i % 2) times.known.push(await probe(known(i)))
        times.unknown.push(await probe(unknown()))
        if (i % 2 === 0) times.known.push(await probe(known(i)))
      }
      const apart = Math.abs(median(times.known) - median(times.unknown))
      const z = mannWhitney(times.known, times.unknown)
      // A missing hash would show as ten milliseconds; chance alone exceeds 3.9 in 1 of 10,000 runs.
      assert.ok(apart < 3 || Math.abs(z) < 3.9, `medians ${apart} ms apart, z ${z}`)
    })
  }
})

async function prober(visitor: Visitor, path: string, fields: object): Promise<Probe> {
  const page = await visitor.go(path)
  const _csrf = page.html.querySelector('[name="_csrf"]')?.getAttribute('value') ?? ''
  return async (email) => {
    const body = new URLSearchParams({ ...fields, email, _csrf })
    const start = performance.now()
    const answer = await visitor.fetch(path, { method: 'POST', body })
    await answer.arrayBuffer()
    const taken = performance.now() - start
    assert.equal(answer.status, path === '/login' ? 400 : 303)
    return taken
  }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** The statistic's distance from what chance alone expects, in standard deviations. */
function mannWhitney(a: number[], b: number[]): number {
  const all = [...a.map((value) => ({ value, a: 1 })), ...b.map((value) => ({ value, a: 0 }))]
  const ranks = all
    .toSorted((x, y) => x.value - y.value)
    .reduce((sum, { a: isA }, index) => sum + isA * (index + 1), 0)
  const [n, m] = [a.length, b.length]
  const u = ranks - (n * (n + 1)) / 2
  return (u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12)
}
