import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { newApiKey } from '../src/api-keys/format.ts'
import { operations } from '../src/gateway/operations.ts'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor, requestFor } from './gateway.ts'
import { addToken, issueToken } from './gateway-tokens.ts'
import { startPlatform } from './platform.ts'
import { bearer, send, sharedServer } from './requests.ts'

type Headers = Record<string, string>

const platform = await startPlatform({ after })
const server = await sharedServer({ PLATFORM_API_URL: platform.url })
const user = await server.user()
const all = [...platformScopeNames]
const { consentId } = await issueToken(server, { scopes: [...all, 'openid'] })
const past = new Date(Date.now() - 1)

const byKey = async (scopes: string[], options = {}): Promise<Headers> => ({
  'x-api-key': (await apiKeyFor(server, user, scopes, options)).key,
})
const byToken = async (scopes: string[]): Promise<Headers> =>
  bearer(await addToken(server, consentId, { scopes }))

/** Every way to have no credential, whatever the operation; each for all scopes. */
async function strangers(): Promise<Headers[]> {
  const revoked = await apiKeyFor(server, user, all)
  await server.db.query('delete from api_keys where id = $1', [revoked.id])
  const suspended = await apiKeyFor(server, user, all)
  await server.db.query('update api_keys set suspended_at = now() where id = $1', [suspended.id])
  const disabled = await issueToken(server, { scopes: all })
  await server.db.query('update clients set disabled_at = now() where id = $1', [
    disabled.clientRowId,
  ])
  const removed = await issueToken(server, { scopes: all })
  await server.db.query('delete from consents where id = $1', [removed.consentId])
  const old = await issueToken(server, { scopes: all, expiresAt: past })
  return [
    {},
    { 'x-api-key': newApiKey() },
    { 'x-api-key': 'agpt_rubbish' },
    { 'x-api-key': revoked.key },
    bearer(suspended.key),
    await byKey(all, { expiresAt: past }),
    bearer(disabled.value),
    bearer(removed.value),
    bearer(old.value),
  ]
}

const nobody = await strangers()
const lacking = new Map<string, Headers[]>()
for (const scope of all) {
  const others = all.filter((other) => other !== scope)
  lacking.set(scope, [await byKey(others), await byToken(others)])
}

for (const operation of operations) {
  const { version, method, path, scopes, described } = operation
  // Its verifier reads nothing else.
  const isBearerOnly = described['x-mcp'] === true
  const name = `${version} ${method.toUpperCase()} ${path}`

  // A167, A173
  test(`${name}: the platform hears of no call that is refused`, async () => {
    platform.asked.length = 0
    const request = requestFor(operation)
    const status = async (headers: Headers) => {
      const { path: target, init } = request
      const given = { ...(init.headers as Headers), ...headers }
      return (await send(server, target, { ...init, headers: given })).status
    }

    for (const headers of nobody) assert.equal(await status(headers), 401)
    for (const scope of scopes) {
      for (const headers of lacking.get(scope) ?? []) assert.equal(await status(headers), 403)
    }
    const key = await byKey(scopes)
    if (isBearerOnly) assert.equal(await status(key), 401)
    assert.equal(platform.asked.length, 0)

    for (const headers of [isBearerOnly ? bearer(key['x-api-key']) : key, await byToken(scopes)]) {
      assert.equal(await status(headers), 200)
    }
    const asked = platform.asked.map((call) => `${call.method} ${call.url}`)
    const expected = `${request.init.method} ${request.path}`
    assert.deepEqual(asked, path === '/me' ? [] : [expected, expected])
  })
}
