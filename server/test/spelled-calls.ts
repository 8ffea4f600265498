import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor } from './gateway.ts'
import type { TestServer } from './harness.ts'
import { facts, readings } from './platform-readings.ts'
import { type Spelling, spellings } from './spellings.ts'

interface Credential {
  key: string
  scopes: string[]
}

interface Where {
  server: TestServer
  /** Of the server, or of a proxy before it. */
  port: number
  platform: { asked: IncomingMessage[] }
  runs: number
}

/**
 * Whatever reaches the platform, however it was spelled, is an operation whose scopes the credential
 * has, by every reading of it. Prints its seed; SEED=… repeats a run.
 */
export async function trySpellings(t: TestContext, { server, port, platform, runs }: Where) {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
  t.diagnostic(`SEED=${seed}`)
  const { exact, others } = await credentials(server, seed)
  const came = { through: 0, refused: 0 }
  const other = fc.option(fc.constantFrom(...others), { freq: 1 })

  await fc.assert(
    fc.asyncProperty(spellings, other, async (spelling, chosen) => {
      const credential = chosen ?? (exact.get(String(spelling.scopes)) as Credential)
      platform.asked.length = 0
      const status = await send(port, spelling, credential.key)
      assertPermitted(platform.asked, credential)
      // 501: a method that nobody has (RFC 9110 15.6.2), or nginx has not. Node closes a CONNECT.
      const isRefusal = status < 500 || status === 501 || spelling.method === 'CONNECT'
      assert.ok(isRefusal, String(status))
      came.through += platform.asked.length
      came.refused += Number(status === 403)
    }),
    { numRuns: runs, seed },
  )

  // Otherwise it would prove nothing.
  assert.ok(came.through > runs / 10 && came.refused > 0, JSON.stringify(came))
}

/** Keys for all scopes but one, for any of them, and for exactly what an operation needs. */
async function credentials(server: TestServer, seed: number) {
  const user = await server.user()
  const withKey = async (scopes: string[]): Promise<Credential> => ({
    scopes,
    ...(await apiKeyFor(server, user, scopes)),
  })
  const some = fc.sample(fc.subarray(platformScopeNames), { numRuns: 30, seed })
  const most = platformScopeNames.map((one) => platformScopeNames.filter((other) => other !== one))
  const needs = new Map(facts.map(({ scopes }) => [String(scopes), scopes]))
  const exact = new Map<string, Credential>()
  for (const [name, scopes] of needs) exact.set(name, await withKey(scopes))
  return { exact, others: await Promise.all([...most, ...some].map(withKey)) }
}

/** The request as it is spelled, byte for byte; the status of the answer. */
async function send(
  port: number,
  { method, target, headers }: Spelling,
  key: string,
): Promise<number> {
  const lines = [`${method} ${target} HTTP/1.1`, `Host: localhost:${port}`, `X-API-Key: ${key}`]
  const body = /^(P|D)/i.test(method) ? ['Content-Length: 2', '', '{}'] : ['', '']
  const named = headers.map(([name, value]) => `${name}: ${value}`)
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  let answer = ''
  socket.on('data', (bytes) => {
    answer += bytes.toString('latin1')
  })
  socket.write([...lines, ...named, 'Connection: close', ...body].join('\r\n'), 'latin1')
  await once(socket, 'close')
  return Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])
}

function assertPermitted(asked: IncomingMessage[], { scopes }: Credential): void {
  for (const { method = '', url: target = '' } of asked) {
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
