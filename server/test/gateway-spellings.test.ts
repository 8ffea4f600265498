import { after, test } from 'node:test'
import { startPlatform } from './platform.ts'
import { sharedServer } from './requests.ts'
import { trySpellings } from './spelled-calls.ts'

const platform = await startPlatform({ after })
const server = await sharedServer({ PLATFORM_API_URL: platform.url })

// A167, A168
test('however a call is spelled, what reaches the platform is an operation with its scopes', async (t) => {
  const port = Number(new URL(server.url).port)

  await trySpellings(t, { server, port, platform, runs: 2000 })
})
