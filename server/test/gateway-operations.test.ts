import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { newApiKey } from '../src/api-keys/format.ts'
import { operations as all, type Operation } from '../src/gateway/operations.ts'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor, requestFor, wordsOf } from './gateway.ts'
import { addToken, issueToken } from './gateway-tokens.ts'
import { adminToken } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
// The MCP server has rules of its own: gateway-mcp.test.ts.
const operations = all.filter(({ described }) => !described['x-mcp'])
const user = await server.user()
const everything = await issueToken(server, { scopes: [...platformScopeNames] })

const nameOf = ({ version, method, path }: Operation) =>
  `${version} ${method.toUpperCase()} ${path}`
const call = (operation: Operation, headers: Record<string, string>) => {
  const { path, init } = requestFor(operation)
  return send(server, path, { ...init, headers: { ...(init.headers as object), ...headers } })
}

const facts: { version: string; method: string; path: string; scopes: string[] }[] = JSON.parse(
  readFileSync(new URL('./gateway-facts.json', import.meta.url), 'utf8'),
)

test('the documents name the scopes of the platform for every operation', () => {
  const known = Object.fromEntries(
    operations.map(({ version, method, path, scopes }) => [`${version} ${method} ${path}`, scopes]),
  )

  assert.equal(operations.length, facts.length)
  for (const { version, method, path, scopes } of facts) {
    assert.deepEqual(
      known[`${version} ${method.toLowerCase()} ${path}`],
      scopes,
      `${method} ${path}`,
    )
  }
})

for (const operation of operations) {
  test(`${nameOf(operation)}: nothing gets through without its scopes`, async () => {
    const { version, scopes } = operation
    const good = await apiKeyFor(server, user, scopes)
    const revoked = await apiKeyFor(server, user, scopes)
    await server.db.query('delete from api_keys where id = $1', [revoked.id])
    const expired = await apiKeyFor(server, user, scopes, { expiresAt: new Date(Date.now() - 1) })
    const disabled = await issueToken(server, { scopes })
    await server.db.query('update clients set disabled_at = now() where id = $1', [
      disabled.clientRowId,
    ])
    const old = await issueToken(server, { scopes, expiresAt: new Date(Date.now() - 1) })
    const token = await issueToken(server, { scopes })

    const none = await call(operation, {})
    assert.equal(none.status, 401)
    assert.equal(
      wordsOf(version, none.body),
      'Missing authentication. Provide API key or access token.',
    )
    for (const key of [
      newApiKey(),
      `agpt_${randomBytes(8).toString('hex')}`,
      revoked.key,
      expired.key,
    ]) {
      const { status, body } = await call(operation, { 'x-api-key': key })
      assert.equal(status, 401)
      assert.equal(wordsOf(version, body), 'Invalid API key')
    }
    for (const { value } of [disabled, old]) {
      assert.equal((await call(operation, bearer(value))).status, 401)
    }
    for (const missing of scopes) {
      const others = platformScopeNames.filter((scope) => scope !== missing)
      const { key } = await apiKeyFor(server, user, others)
      const lesser = await addToken(server, everything.consentId, { scopes: others })
      for (const headers of [{ 'x-api-key': key }, bearer(key), bearer(lesser)]) {
        const refused = await call(operation, headers)
        assert.equal(refused.status, 403)
        assert.equal(wordsOf(version, refused.body), `Missing required permission(s): ${missing}`)
        const challenge = refused.headers.get('www-authenticate') ?? ''
        assert.match(challenge, new RegExp(`error="insufficient_scope".* scope="${missing}"`))
      }
    }
    for (const headers of [{ 'x-api-key': good.key }, bearer(good.key), bearer(token.value)]) {
      const { status, headers: answered, body } = await call(operation, headers)
      assert.ok(status >= 200 && status < 300, `${status} ${JSON.stringify(body)}`)
      if (operation.path !== '/me') assert.equal(answered.get('x-sandbox'), 'true')
    }
  })
}

test('several missing scopes are named in the order of the document', async () => {
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  const share = operations.find(({ described }) => described.operationId === 'shareRun')
  assert.ok(share)

  const { body, headers } = await call(share, { 'x-api-key': key })

  assert.equal(body.error.message, 'Missing required permission(s): READ_RUN, SHARE_RUN')
  assert.match(headers.get('www-authenticate') ?? '', /scope="READ_RUN SHARE_RUN"/)
})

test('a search of one’s own things needs their scope, however often the query says it', async () => {
  const { key } = await apiKeyFor(server, user, ['READ_BLOCK'])
  const search = (query: string) =>
    send(server, `/external-api/v2/search?query=x&${query}`, { headers: { 'x-api-key': key } })

  assert.equal((await search('content_types=BLOCK')).status, 200)
  const own = await search('content_types=BLOCK&content_types=LIBRARY_AGENT')
  assert.equal(own.status, 403)
  assert.equal(
    own.body.error.message,
    'Searching LIBRARY_AGENT requires the READ_LIBRARY permission',
  )
  assert.match(own.headers.get('www-authenticate') ?? '', /scope="READ_LIBRARY"/)
  const files = await search('content_types=WORKSPACE_FILE')
  assert.equal(
    files.body.error.message,
    'Searching WORKSPACE_FILE requires the READ_FILES permission',
  )
  assert.equal((await search('content_types=%4cIBRARY_AGENT')).status, 403)
})

test('X-API-Key is looked at first and is final', async () => {
  const { key } = await apiKeyFor(server, user, ['IDENTITY'])
  const me = (headers: Record<string, string>) => send(server, '/external-api/v2/me', { headers })

  const bad = await me({ 'x-api-key': newApiKey(), ...bearer(key) })
  const good = await me({ 'x-api-key': key, ...bearer('agpt_xt_wrong') })

  assert.equal(bad.status, 401)
  assert.equal(bad.body.error.message, 'Invalid API key')
  assert.equal(good.body.credential_type, 'api_key')
})

test('what is not described is refused', async () => {
  const { key } = await apiKeyFor(server, user, [...platformScopeNames])
  const status = async (path: string, method = 'GET') =>
    (await send(server, path, { method, headers: { 'x-api-key': key } })).status

  assert.equal(await status('/external-api/v2/admin'), 404)
  assert.equal(await status('/external-api/v2'), 404)
  assert.equal(await status('/external-api/v3/me'), 404)
  assert.equal(await status('/external-api/v2/me/'), 404)
  assert.equal(await status('/external-api/v2/me', 'DELETE'), 405)
  // fetch would tidy these up.
  for (const path of ['/external-api/v2/graphs/%2e%2e/me', '/external-api/v2/graphs/../me']) {
    assert.equal((await rawRequest(server, { path, headers: { 'x-api-key': key } })).status, 400)
  }
})

test('a key works only from the addresses it is for', async () => {
  const elsewhere = await apiKeyFor(server, user, ['IDENTITY'], {
    allowedAddresses: ['203.0.113.0/24'],
  })
  const here = await apiKeyFor(server, user, ['IDENTITY'], {
    allowedAddresses: ['127.0.0.0/8', '::1'],
  })
  const status = async (key: string) =>
    (await send(server, '/external-api/v2/me', { headers: { 'x-api-key': key } })).status

  assert.equal(await status(elsewhere.key), 403)
  assert.equal(await status(here.key), 200)
})

test('the keys of a disabled person, and a suspended one, stop at once', async () => {
  const person = await server.user()
  const { key, id } = await apiKeyFor(server, person, ['IDENTITY'])
  const status = async () =>
    (await send(server, '/external-api/v2/me', { headers: { 'x-api-key': key } })).status

  await server.db.query('update api_keys set suspended_at = now() where id = $1', [id])
  assert.equal(await status(), 401) // A163
  await server.db.query('update api_keys set suspended_at = null where id = $1', [id])
  assert.equal(await status(), 200)
  const disabled = await send(server, `/api/admin/users/${person.id}`, {
    method: 'PATCH',
    headers: { ...bearer(adminToken), 'content-type': 'application/json' },
    body: JSON.stringify({ is_active: false }),
  })
  assert.equal(disabled.status, 200)
  assert.equal(await status(), 401) // A163
})
