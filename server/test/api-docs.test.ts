import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Validator } from '@seriousme/openapi-schema-validator'
import { findClientByClientId, updateClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { docsRedirectPath } from '../src/gateway/docs-routes.ts'
import { platformScopeNames, platformScopes } from '../src/provider/scopes.ts'
import { docsClientId, registerDocsClient } from '../src/startup/docs-client.ts'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import { startServer, tokensFor } from './harness.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

/** As main.ts does at the start. */
const register = (db: Db, issuer: string) =>
  registerDocsClient(db, { issuer, redirectPath: docsRedirectPath, scopes: platformScopeNames })

for (const version of ['v1', 'v2']) {
  test(`the document of ${version} is valid OpenAPI 3.1 with the addresses of this issuer`, async () => {
    const { status, headers, body } = await send(server, `/external-api/${version}/openapi.json`)
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(body))

    assert.equal(status, 200)
    assert.ok(valid, JSON.stringify(errors))
    assert.equal(validator.version, '3.1')
    assert.equal(headers.get('access-control-allow-origin'), '*')
    assert.deepEqual(body.servers, [{ url: `${server.url}/external-api/${version}` }])
    const { apiKey, bearerKey, oauth2 } = body.components.securitySchemes
    assert.deepEqual([apiKey.in, apiKey.name], ['header', 'X-API-Key'])
    assert.equal(bearerKey.scheme, 'bearer')
    const { authorizationUrl, tokenUrl, scopes } = oauth2.flows.authorizationCode
    assert.equal(authorizationUrl, `${server.url}/auth/authorize`)
    assert.equal(tokenUrl, `${server.url}/api/oauth/token`)
    assert.deepEqual(Object.keys(scopes), Object.keys(platformScopes))
    assert.equal(scopes.RUN_AGENT, platformScopes.RUN_AGENT.description)
  })
}

test('a document that has not changed is not sent again', async () => {
  const path = '/external-api/v2/openapi.json'
  const { headers } = await send(server, path)

  // fetch would add Cache-Control: no-cache.
  const again = await rawRequest(server, {
    path,
    headers: { 'if-none-match': headers.get('etag') ?? '' },
  })

  assert.equal(again.status, 304)
})

test('the docs pages load from here alone, run no inline script and name both versions', async () => {
  for (const path of ['/external-api/docs', '/external-api/v1/docs', '/external-api/v2/docs']) {
    const { status, headers, body: text } = await send(server, path)

    assert.equal(status, 200)
    const policy = headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    assert.ok(!policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"))
    assert.ok(!/<script(?![^>]* src=)/.test(text) && !/style=|onload=/.test(text))
    const addresses = [...text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map(([, address]) => address)
    for (const address of addresses)
      assert.equal((await send(server, address)).status, 200, address)
    for (const version of ['v1', 'v2']) {
      assert.ok(addresses.includes(`/external-api/${version}/docs`))
      assert.ok(addresses.includes(`/external-api/${version}/openapi.json`))
    }
  }
})

test('the docs are read where the issuer is, since the sign-in ends there', async () => {
  const elsewhere = server.url.replace('localhost', '127.0.0.1')

  const { status, headers } = await fetch(`${elsewhere}/external-api/v1/docs`, {
    redirect: 'manual',
  })

  assert.equal(status, 302)
  assert.equal(headers.get('location'), `${server.url}/external-api/v1/docs`)
})

// external-api.md 6
test('documents and pages are read sixty times a minute from one address', async (t) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on' })
  const read = (path: string) => send(limited, `/external-api/${path}`)
  // Not where one window ends and the next begins.
  await new Promise((resolve) => setTimeout(resolve, Date.now() % 60_000 > 50_000 ? 10_000 : 0))

  for (let i = 0; i < 30; i++) {
    assert.equal((await read('v1/openapi.json')).status, 200)
    assert.equal((await read('docs')).status, 200)
  }
  const refused = await read('v2/docs')

  assert.equal(refused.status, 429)
  assert.equal(refused.body.error.code, 'rate_limit_exceeded')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
})

test('the client of the docs signs people in by the code flow, with the scopes they choose', async (t) => {
  const server = await startServer(t)
  await register(server.db, server.url)
  const client = await findClientByClientId(server.db, docsClientId)
  assert.ok(client)
  const ada = await server.user()

  const tokens = await tokensFor(server, { ...client, secret: '' }, ada, { scope: 'IDENTITY' })
  const { status, body } = await send(server, '/external-api/v2/me', {
    headers: bearer(tokens.access_token),
  })

  assert.equal(status, 200)
  assert.deepEqual([body.user_id, body.scopes], [ada.id, ['IDENTITY']])
})

test('the client of the docs is one on all nodes, follows the issuer and stays disabled', async (t) => {
  const { db, url } = await startServer(t)
  await Promise.all([register(db, url), register(db, url)])
  const made = await findClientByClientId(db, docsClientId)
  await updateClient(db, String(made?.id), { disabledAt: new Date() })

  await register(db, 'https://sso.example')

  const client = await findClientByClientId(db, docsClientId)
  assert.deepEqual(client?.redirectUris, ['https://sso.example/external-api/docs/oauth2-redirect'])
  assert.ok(client?.disabledAt)
})

/** As the External API Guide prints them. */
const guide = {
  key: `curl -H "X-API-Key: YOUR_API_KEY" \\
  https://backend.agpt.co/external-api/v1/blocks`,
  token: `curl -H "Authorization: Bearer agpt_xt_..." \\
  https://backend.agpt.co/external-api/v1/blocks`,
}

test('the two commands of the guide work as printed, with only the host changed', async () => {
  const { key } = await apiKeyFor(server, await server.user(), ['READ_BLOCK'])
  const { value: token } = await issueToken(server, { scopes: ['READ_BLOCK'] })
  const run = async (command: string) => {
    const here = command.replace('https://backend.agpt.co', server.url)
    return (await promisify(execFile)('sh', ['-c', here])).stdout
  }

  const byKey = await run(guide.key.replace('YOUR_API_KEY', key))
  const byToken = await run(guide.token.replace('agpt_xt_...', token))
  const byNothing = await run(guide.key)

  assert.ok(Array.isArray(JSON.parse(byKey)) && byKey.includes('Send an e-mail'), byKey)
  assert.equal(byToken, byKey)
  assert.deepEqual(JSON.parse(byNothing), { detail: 'Invalid API key' })
})
