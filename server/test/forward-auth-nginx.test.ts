import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { addressOf, startNginx } from './nginx.ts'
import { startPlatform } from './platform.ts'
import { bearer } from './requests.ts'
import { trySpellings } from './spelled-calls.ts'

/** deploy/nginx.conf as it stands but for addresses, between a caller and a platform. */
async function world(t: TestContext) {
  const platform = await startPlatform(t)
  const server = await startServer(t, { TRUST_PROXY: '127.0.0.1' })
  const nginx = await startNginx(t, 'nginx.conf', [
    ['127.0.0.1:4000', addressOf(server.url)],
    ['127.0.0.1:8000', addressOf(platform.url)],
  ])
  return { server, ...nginx, platform, seen: platform.asked }
}

test('behind nginx a call with its scope reaches the platform, which learns whom it is for', async (t) => {
  const { server, url, seen } = await world(t)
  const { value, user, client } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const answer = await fetch(`${url}/external-api/v2/graphs?limit=5`, {
    headers: { ...bearer(value), cookie: 'a=b', 'x-autogpt-user-id': 'somebody-else' },
  })

  assert.equal(answer.status, 200)
  const [asked] = seen as [IncomingMessage]
  const { headers } = asked
  assert.equal(asked.url, '/external-api/v2/graphs?limit=5')
  assert.equal(headers['x-autogpt-user-id'], user.id)
  assert.equal(headers['x-autogpt-client-id'], client.clientId)
  assert.equal(headers['x-autogpt-scopes'], 'READ_GRAPH')
  assert.match(String(headers['x-autogpt-identity']), /^ey[\w-]+\.[\w-]+\.[\w-]+$/)
  for (const name of ['authorization', 'x-api-key', 'cookie'])
    assert.equal(headers[name], undefined)
})

test('behind nginx nothing gets through without its scope, and nobody is somebody else', async (t) => {
  const { server, url, port, seen } = await world(t)
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])
  const call = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    (await fetch(url + path, { method, headers: { 'x-api-key': key, ...headers } })).status

  const anonymous = await fetch(`${url}/external-api/v2/graphs`)
  assert.equal(anonymous.status, 401)
  assert.match(anonymous.headers.get('www-authenticate') ?? '', /resource_metadata=/)
  assert.equal(await call('/external-api/v2/blocks'), 403)
  assert.equal(await call('/external-api/v2/graphs', {}, 'POST'), 403)
  assert.equal(await call('/external-api/v2/nothing'), 403)
  // A171: the caller's own words about the call
  const lies = { 'x-original-uri': '/external-api/v2/graphs', 'x-original-method': 'GET' }
  assert.equal(await call('/external-api/v2/blocks', lies), 403)
  const others = { 'x-forwarded-uri': '/external-api/v2/graphs', 'x-forwarded-method': 'GET' }
  assert.equal(await call('/external-api/v2/blocks', others), 403)
  // A167: what nginx reads otherwise than it is written
  for (const path of [
    '/external-api/v2/blocks/../graphs',
    '/external-api/v2/graphs/../blocks',
    '/%65xternal-api/v2/graphs',
    '//external-api/v2/graphs',
    '/external-api/v2/%67raphs%2f..%2fblocks',
  ]) {
    const answer = await rawAnswer(port, [
      `GET ${path} HTTP/1.1`,
      'Host: localhost',
      `X-API-Key: ${key}`,
      'Connection: close',
    ])
    assert.match(answer, /^HTTP\/1\.1 40[0-4]/, path)
  }
  assert.equal(await call('/_may_this_pass'), 404)
  assert.equal(seen.length, 0)
  assert.equal(await call('/external-api/v2/graphs'), 200)
})

test('behind nginx an API key’s caller keeps no client id of their own making', async (t) => {
  const { server, url, seen } = await world(t)
  const { key } = await apiKeyFor(server, await server.user(), ['READ_GRAPH'])

  await fetch(`${url}/external-api/v2/graphs`, {
    headers: { 'x-api-key': key, 'x-autogpt-client-id': 'agpt_client_forged' },
  })

  assert.equal(seen[0]?.headers['x-autogpt-client-id'], undefined)
})

// A167, A168
test('behind nginx no spelling of an address reaches an operation without its scopes', async (t) => {
  const { server, port, platform } = await world(t)

  await trySpellings(t, { server, port, platform, runs: 500 })
})

/** Bytes that no client library would send, and what came back. */
function rawAnswer(port: number, lines: string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  return text(socket)
}
