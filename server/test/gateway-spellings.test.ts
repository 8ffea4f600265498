import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor } from './gateway.ts'
import { facts, readings } from './platform-readings.ts'
import { rawSocket } from './raw-request.ts'
import { recordingPlatform } from './recording-platform.ts'
import { sharedServer } from './requests.ts'
import { type Spelling, spellings } from './spellings.ts'

const platform = await recordingPlatform({ after })
const server = await sharedServer({ PLATFORM_API_URL: platform.url })
const { host } = new URL(server.url)

interface Credential {
  key: string
  scopes: string[]
}

const user = await server.user()
const withKey = async (scopes: string[]): Promise<Credential> => ({
  scopes,
  ...(await apiKeyFor(server, user, scopes)),
})

/** Keys for all scopes but one, for any of them, and for exactly what an operation needs. */
async function credentials(seed: number) {
  const some = fc.sample(fc.subarray(platformScopeNames), { numRuns: 30, seed })
  const most = platformScopeNames.map((one) => platformScopeNames.filter((other) => other !== one))
  const needs = new Map(facts.map(({ scopes }) => [String(scopes), scopes]))
  const exact = new Map<string, Credential>()
  for (const [name, scopes] of needs) exact.set(name, await withKey(scopes))
  return { exact, others: await Promise.all([...most, ...some].map(withKey)) }
}

/** The request as it is spelled, byte for byte; the status of the answer. */
async function send({ method, target, headers }: Spelling, key: string): Promise<number> {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, `X-API-Key: ${key}`]
  const body = /^(P|D)/i.test(method) ? ['Content-Length: 2', '', '{}'] : ['', '']
  const named = headers.map(([name, value]) => `${name}: ${value}`)
  const socket = rawSocket(server)
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1')
  })
  socket.write([...lines, ...named, 'Connection: close', ...body].join('\r\n'), 'latin1')
  await once(socket, 'close')
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

function assertPermitted({ scopes }: Credential): void {
  for (const { method, target } of platform.arrived) {
    const ways = readings(method, target)
    assert.ok(ways[0]?.scopes, `${method} ${target} is no operation`)
    for (const { by, scopes: needed = [] } of ways) {
      const missing = needed.filter((scope) => !scopes.includes(scope))
      assert.deepEqual(
        missing,
        [],
        `${method} ${target}, ${by}, needs more than the credential has`,
      )
    }
  }
}

// A167, A168
test('however a call is spelled, what reaches the platform is an operation with its scopes', async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`SEED=${seed}`)
  const { exact, others } = await credentials(seed)
  const came = { through: 0, refused: 0 }
  const other = fc.option(fc.constantFrom(...others), { freq: 1 })

  await fc.assert(
    fc.asyncProperty(spellings, other, async (spelling, chosen) => {
      const credential = chosen ?? (exact.get(String(spelling.scopes)) as Credential)
      platform.arrived.length = 0
      const status = await send(spelling, credential.key)
      assertPermitted(credential)
      // 501: a method that nobody has (RFC 9110 15.6.2). Node closes a CONNECT without an answer.
      const isRefusal = status < 500 || status === 501 || spelling.method === 'CONNECT'
      assert.ok(isRefusal, String(status))
      came.through += platform.arrived.length
      came.refused += Number(status === 403)
    }),
    { numRuns: 2000, seed },
  )

  // Otherwise it would prove nothing.
  assert.ok(came.through > 200 && came.refused > 2, JSON.stringify(came))
})
