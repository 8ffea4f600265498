import assert from 'node:assert/strict'
import { test } from 'node:test'
import { issueToken } from './gateway-tokens.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const wellKnown = '/.well-known/oauth-protected-resource'

const metadataOf = (headers: Headers) =>
  /resource_metadata="([^"]+)"/.exec(headers.get('www-authenticate') ?? '')?.[1] ?? ''

test('the server says who issues its tokens', async () => {
  const { body } = await send(server, wellKnown)

  // RFC 9728 2
  assert.equal(body.resource, server.url)
  assert.deepEqual(body.authorization_servers, [server.url])
  assert.equal(body.scopes_supported.length, 26)
  assert.deepEqual(body.bearer_methods_supported, ['header'])
})

for (const resource of ['/external-api/v1', '/external-api/v2', '/external-api/v2/mcp']) {
  test(`the metadata of ${resource} stands where the well-known path is put before it`, async () => {
    const { status, headers, body } = await send(server, wellKnown + resource)

    // RFC 9728 3.1 and 3.2
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('access-control-allow-origin'), '*')
    // RFC 9728 3.3
    assert.equal(body.resource, server.url + resource)
    assert.deepEqual(body.authorization_servers, [server.url])
    assert.match(body.resource_documentation, /\/docs$/)
    assert.equal((await fetch(body.resource_documentation)).status, 200)
  })
}

// RFC 9728 3.3: to the letter, also where the resource is written with a slash at its end
test('the resource is named as it was asked for', async () => {
  const { body } = await send(server, `${wellKnown}/external-api/v2/mcp/`)

  assert.equal(body.resource, `${server.url}/external-api/v2/mcp/`)
})

test('each version names the scopes that its own operations need', async () => {
  const [v1, v2, mcp] = await Promise.all(
    ['v1', 'v2', 'v2/mcp'].map(async (name) => {
      const { body } = await send(server, `${wellKnown}/external-api/${name}`)
      return body.scopes_supported as string[]
    }),
  )

  assert.ok(v1?.includes('EXECUTE_GRAPH') && !v1.includes('SHARE_RUN'))
  assert.ok(v2?.includes('SHARE_RUN') && !v2.includes('EXECUTE_GRAPH'))
  assert.ok(mcp?.includes('USE_TOOLS') && !mcp.includes('READ_STORE'))
})

test('a refusal points to the metadata of what was called', async () => {
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })

  const anonymous = await send(server, '/external-api/v2/me')
  const unknown = await send(server, '/external-api/v1/me', { headers: bearer('agpt_xt_x') })
  const poor = await send(server, '/external-api/v2/me', { headers: bearer(value) })

  // RFC 9728 5.1
  assert.deepEqual([anonymous.status, unknown.status, poor.status], [401, 401, 403])
  assert.equal(metadataOf(anonymous.headers), `${server.url}${wellKnown}/external-api/v2`)
  assert.equal(metadataOf(unknown.headers), `${server.url}${wellKnown}/external-api/v1`)
  assert.equal(metadataOf(poor.headers), `${server.url}${wellKnown}/external-api/v2`)
})

// RFC 9728 5.1: how a client of MCP begins, knowing nothing but the address
test('an MCP client without a credential is sent to the metadata of the MCP server', async () => {
  for (const path of ['/external-api/v2/mcp', '/external-api/v2/mcp/']) {
    const { status, headers } = await send(server, path, { method: 'POST' })

    assert.equal(status, 401)
    assert.equal(metadataOf(headers), `${server.url}${wellKnown}/external-api/v2/mcp`)
  }
})

test('there is no metadata of what is no resource', async () => {
  assert.equal((await send(server, `${wellKnown}/external-api/v3`)).status, 404)
})
