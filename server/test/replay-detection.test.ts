import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Provider } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import { testDatabase } from '#db/testing.ts'
import { detectReplays } from '../src/provider/replay-detection.ts'

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600

/** The library's own class, as its DPoP and client assertion checks call it. */
function replayDetection(db?: Db) {
  const provider = new Provider('https://auth.example')
  if (db) detectReplays(provider, db)
  return (provider as unknown as { ReplayDetection: { unique: Unique } }).ReplayDetection
}

type Unique = (issuer: string, jti: string, expiresAt: number) => Promise<boolean>

const times = async (t: TestContext, count: number, ...args: Parameters<Unique>) => {
  const db = await testDatabase(t)
  // Two nodes.
  const detections = [replayDetection(db), replayDetection(db)]
  return Promise.all(
    Array.from({ length: count }, (_, index) => detections[index % 2]?.unique(...args)),
  )
}

// RFC 9449 11.1, RFC 7523 3
test('of fifty identical ids at the same time on two nodes exactly one passes', async (t) => {
  const answers = await times(t, 50, 'agpt_client_a', 'the-same-jti', inAnHour())

  assert.equal(answers.filter((unique) => unique === true).length, 1)
  assert.equal(answers.filter((unique) => unique === false).length, 49)
})

test('an id that is over is refused as long as it is remembered', async (t) => {
  const answers = await times(t, 2, 'agpt_client_a', 'an-old-jti', inAnHour() - 7200)

  assert.deepEqual(answers.sort(), [false, true])
})

test('the same id of another client, and another cut of the two, are not the same', async (t) => {
  const detection = replayDetection(await testDatabase(t))

  assert.equal(await detection.unique('client-1', '23', inAnHour()), true)
  assert.equal(await detection.unique('client-12', '3', inAnHour()), true)
  assert.equal(await detection.unique('client-2', '23', inAnHour()), true)
})

// When this fails, the library has learned it, and replay-detection.ts can go.
test('the library alone would let all of fifty pass', async () => {
  const detection = replayDetection()

  const answers = await Promise.all(
    Array.from({ length: 50 }, () => detection.unique('agpt_client_a', 'a-jti', inAnHour())),
  )

  assert.ok(answers.filter(Boolean).length > 1)
})
