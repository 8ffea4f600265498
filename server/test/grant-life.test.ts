import { test } from 'node:test'
import fc from 'fast-check'
import { testEngine } from '#db/testing.ts'
import { passwordHashing } from '../src/login/passwords.ts'
import { install } from './faults/installation.ts'
import { begun, lives } from './grant-life/commands.ts'
import { World } from './grant-life/world.ts'
import { adminToken, password } from './harness.ts'

const skip = testEngine === 'pglite' && 'PostgreSQL only: two servers share a database'
const numRuns = Number(process.env.GRANT_LIVES ?? 40)
const seed = process.env.GRANT_LIFE_SEED ? Number(process.env.GRANT_LIFE_SEED) : undefined

// The contract's section 3 as a model: RFC 6749 4.1.2, 6, 10.4; RFC 7009 2; RFC 9700 4.14.2
test('whatever happens to a grant on two nodes, it lives as the contract says', {
  skip,
}, async (t) => {
  const place = await install(t, { env: { ADMIN_TOKEN: adminToken } })
  const passwordHash = await passwordHashing().hash(password)

  await fc.assert(
    fc.asyncProperty(lives, async (commands) => {
      const setup = async () => begun(await World.create(place, passwordHash))
      await fc.asyncModelRun(setup, commands)
    }),
    // A failure names its seed and path; GRANT_LIFE_SEED repeats it.
    {
      numRuns,
      ...(seed === undefined ? {} : { seed }),
      endOnFailure: false,
      interruptAfterTimeLimit: 120_000,
    },
  )
})
