import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type RequestListener, request } from 'node:http'
import { test } from 'node:test'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer } from './harness.ts'
import { startPlatform } from './platform.ts'
import { bearer, send, sharedServer } from './requests.ts'

const path = '/external-api/v2/mcp/'
const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

const answer: RequestListener = (req, res) => {
  if (req.method === 'DELETE') return void res.writeHead(204).end()
  res.setHeader('mcp-session-id', 'session')
  if (req.method === 'POST') {
    res.setHeader('content-type', 'application/json')
    return void req.pipe(res)
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n')
}

// external-api.md 9
test('messages for the MCP server go to the platform with whoever sent them, whatever their scopes', async (t) => {
  const platform = await startPlatform(t, answer)
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, ['READ_RUN'])
  const { value } = await issueToken(server, { scopes: [] })

  for (const credential of [key, value]) {
    const headers = { ...bearer(credential), ...json, 'mcp-protocol-version': '2025-06-18' }
    const {
      status,
      headers: answered,
      body,
    } = await send(server, path, {
      method: 'POST',
      body: list,
      headers,
    })

    assert.equal(status, 200)
    assert.deepEqual(body, JSON.parse(list))
    assert.equal(answered.get('mcp-session-id'), 'session')
    const asked = platform.asked.at(-1)
    assert.deepEqual([asked?.method, asked?.url], ['POST', path])
    assert.equal(asked?.headers['mcp-protocol-version'], '2025-06-18')
    assert.ok(asked?.headers['x-autogpt-identity'])
    assert.equal(asked?.headers.authorization, undefined)
  }
  assert.equal(platform.asked[0]?.headers['x-autogpt-user-id'], user.id)
  const end = await send(server, path, { method: 'DELETE', headers: bearer(key) })
  assert.equal(end.status, 204)
  // Without the last slash as well, and as it was written.
  await send(server, path.slice(0, -1), { method: 'POST', body: list, headers: bearer(key) })
  assert.equal(platform.asked.at(-1)?.url, '/external-api/v2/mcp')
})

// A173
test('what the MCP server says streams, until the credential is no more', async (t) => {
  const platform = await startPlatform(t, answer)
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { value, consentId } = await issueToken(server, { scopes: ['READ_RUN'] })
  const headers = { ...bearer(value), accept: 'text/event-stream' }
  const [response] = await once(request(server.url + path, { headers }).end(), 'response')
  const [first] = await once(response, 'data')
  assert.equal(String(first), 'data: 1\n\n')

  await server.db.query('delete from consents where id = $1', [consentId])

  const [error] = await once(response, 'error')
  assert.equal(error.code, 'ECONNRESET')
})

test('the MCP server takes Bearer only, and methods that it has', async (t) => {
  const platform = await startPlatform(t, answer)
  const server = await startServer(t, { PLATFORM_API_URL: platform.url })
  const { key } = await apiKeyFor(server, await server.user(), ['READ_RUN'])
  const status = async (headers: Record<string, string>, method = 'POST') =>
    (await send(server, path, { method, headers, body: list })).status

  assert.equal(await status({ 'x-api-key': key }), 401)
  assert.equal(await status({}), 401)
  assert.equal(await status(bearer('agpt_xt_wrong')), 401)
  assert.equal(await status(bearer(key), 'PUT'), 405)
  assert.equal(platform.asked.length, 0)
  assert.equal(await status({ ...bearer(key), 'x-api-key': 'other' }), 200)
})

test('without a platform there is no MCP server, and the sandbox says so', async () => {
  const server = await sharedServer()
  const { key } = await apiKeyFor(server, await server.user(), ['READ_RUN'])

  const refused = await send(server, path, { method: 'POST', body: list, headers: bearer(key) })

  assert.equal(refused.status, 501)
  assert.equal(refused.headers.get('x-sandbox'), 'true')
  assert.deepEqual(refused.body.error, {
    code: 'internal_error',
    message: 'The sandbox has no MCP server.',
    details: null,
  })
  assert.equal((await send(server, path, { method: 'POST', body: list })).status, 401)
})
