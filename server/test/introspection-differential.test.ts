import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { migrate } from '#db/migrate.ts'
import { openPostgres } from '#db/postgres.ts'
import { testEngine } from '#db/testing.ts'
import { startPostgres } from '#db/testing-postgres.ts'
import type { AppParts } from '../src/app.ts'
import { startServer } from './harness.ts'
import { type Case, requests } from './introspection/cases.ts'
import { type Seen, type Sent, sender, written } from './introspection/request.ts'
import { createWorld } from './introspection/world.ts'

const wanted = Number(process.env.INTROSPECTION_CASES ?? 4000)
const seed = process.env.INTROSPECTION_SEED ? Number(process.env.INTROSPECTION_SEED) : undefined

/** The server as it is, and one whose introspection is the library's alone, on one database. */
async function both(
  t: TestContext,
  more: Record<string, string> = {},
  parts: Pick<Partial<AppParts>, 'db'> = {},
) {
  const env = { ...more, ISSUER: 'http://localhost:4000' }
  const own = await startServer(t, env, parts)
  const library = await startServer(t, env, { db: own.db, libraryIntrospection: true })
  const [ask, askLibrary] = [sender(t, own.url), sender(t, library.url)]
  return { own, ask: (sent: Sent): Promise<Seen[]> => Promise.all([ask(sent), askLibrary(sent)]) }
}

const ordinary: Case = {
  presented: { kind: 'user', owner: 'app', state: 'live' },
  caller: 'the owner',
  secret: 'first',
  proof: 'basic',
  hint: undefined,
  twice: undefined,
  extra: undefined,
  type: 'application/x-www-form-urlencoded',
  headers: {},
  path: '/api/oauth/introspect',
  odd: undefined,
}

// RFC 7662 2, 4; RFC 6749 2.3.1, 5.2; RFC 7617 2
test('introspection answers as the library does, whatever is asked', async (t) => {
  const { own, ask } = await both(t)
  const world = await createWorld(own)
  const counts = { active: 0, inactive: 0, refused: 0 }
  const askAndCompare = async (one: Case) => {
    const sent = written(one, world)
    const [seen, expected] = await ask(sent)
    assert.deepEqual(seen, expected, JSON.stringify(sent))
    if (expected?.status !== 200) counts.refused += 1
    else if (expected.body === '{"active":false}') counts.inactive += 1
    else counts.active += 1
  }

  // Many at once, so that they share statements and would show if answers got mixed up.
  const together = { minLength: 1, maxLength: 60, size: 'max' } as const
  await fc.assert(
    fc.asyncProperty(fc.array(requests, together), async (cases) => {
      await Promise.all(cases.map(askAndCompare))
    }),
    // A failure names its seed and path; INTROSPECTION_SEED repeats it.
    { numRuns: Math.ceil(wanted / 25), ...(seed === undefined ? {} : { seed }) },
  )

  // Enough of each, or the comparison would show little.
  t.diagnostic(JSON.stringify(counts))
  for (const count of Object.values(counts)) assert.ok(count > wanted / 10, JSON.stringify(counts))
})

// A68
test('who guesses secrets is slowed down as before, and the app itself is not', async (t) => {
  const { own, ask } = await both(t, { RATE_LIMITS: 'on' })
  const world = await createWorld(own)
  const statuses: (number | undefined)[] = []

  for (let guess = 0; guess < 22; guess++) {
    const [seen, expected] = await ask(written({ ...ordinary, secret: 'wrong' }, world))
    assert.deepEqual(seen, expected)
    statuses.push(seen?.status)
  }

  assert.deepEqual([statuses[0], statuses[19], statuses[20]], [401, 401, 429])
  const [right] = await ask(written(ordinary, world))
  assert.equal(right?.status, 200)
})

const skip = testEngine === 'pglite' && 'PostgreSQL only: it is another process that is stopped'

test('with the database away both say to come back later', { skip }, async (t) => {
  const postgres = await startPostgres()
  const db = openPostgres({ databaseUrl: `${postgres.url}/postgres` })
  t.after(() => db.close())
  await migrate(db)
  const { own, ask } = await both(t, {}, { db })
  const world = await createWorld(own)
  await postgres.stop()

  for (const type of ['application/x-www-form-urlencoded', 'application/json']) {
    for (const accept of ['*/*', 'application/json', 'text/html', 'text/*', 'image/png']) {
      const asked = { ...ordinary, type, headers: { accept } }
      const [seen, expected] = await ask(written(asked, world))

      assert.equal(seen?.status, 503)
      assert.match(String(seen?.headers['retry-after']), /^\d+$/)
      assert.deepEqual(seen, expected)
    }
  }
})
