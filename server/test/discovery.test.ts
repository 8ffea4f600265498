import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Answer,
  authorizePath,
  callbackParams,
  post,
  signInAndApprove,
  tokensFor,
} from './harness.ts'
import { bearer, send, sendForm, sharedServer } from './requests.ts'

const server = await sharedServer()

const paths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']
const document = async (path = paths[0] ?? '') => (await send(server, path)).body
const pathOf = (url: string) => url.slice(server.url.length)

test('both documents say the same and may be cached for a while', async () => {
  const [openid, oauth] = [await send(server, paths[0] ?? ''), await send(server, paths[1] ?? '')]

  // OIDC Discovery 4, RFC 8414 3
  assert.deepEqual(openid.body, oauth.body)
  for (const { status, headers } of [openid, oauth]) {
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^application\/json/) // RFC 8414 3.2
    assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/) // A188
    assert.equal(headers.get('pragma'), null)
    assert.equal(headers.get('access-control-allow-origin'), '*')
  }
})

test('the issuer is the public address and every endpoint is under it', async () => {
  const metadata = await document()

  assert.equal(metadata.issuer, server.url) // RFC 8414 2, OIDC Discovery 3
  const addresses = Object.entries(metadata).filter(([name]) => /_(endpoint|uri)$/.test(name))
  assert.ok(addresses.length >= 7)
  for (const [name, url] of addresses) assert.ok(String(url).startsWith(`${server.url}/`), name)
})

test('what is announced is exactly what the contract has', async () => {
  const metadata = await document()

  // RFC 8414 2, OIDC Discovery 3
  assert.deepEqual(metadata.response_types_supported, ['code']) // RFC 9700 2.1.2, A45
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']) // RFC 9700 2.1.1, A32
  assert.equal(metadata.authorization_response_iss_parameter_supported, true) // RFC 9207 3, A141
  assert.deepEqual(metadata.subject_types_supported, ['public'])
  assert.deepEqual(metadata.id_token_signing_alg_values_supported.sort(), ['ES256', 'RS256'])
  assert.deepEqual(metadata.grant_types_supported.sort(), [
    'authorization_code',
    'client_credentials',
    'refresh_token',
  ])
  assert.deepEqual(metadata.token_endpoint_auth_methods_supported.sort(), [
    'client_secret_basic',
    'client_secret_post',
    'none',
  ])
  assert.equal(metadata.scopes_supported.length, 26 + 4)
  assert.deepEqual(metadata.ui_locales_supported, ['en', 'de'])
  for (const name of ['request_parameter_supported', 'claims_parameter_supported']) {
    assert.ok(!metadata[name], name)
  }
  assert.equal(metadata.request_uri_parameter_supported, false) // its default would be true
})

test('nothing is announced that is not there', async () => {
  const metadata = await document()

  for (const name of [
    'registration_endpoint',
    'pushed_authorization_request_endpoint',
    'device_authorization_endpoint',
    'backchannel_authentication_endpoint',
    'check_session_iframe',
    'dpop_signing_alg_values_supported',
    'tls_client_certificate_bound_access_tokens',
    'backchannel_logout_supported',
    'frontchannel_logout_supported',
    'authorization_details_types_supported',
  ]) {
    assert.ok(!(name in metadata), name)
  }
})

test('every endpoint that is announced answers for itself', async () => {
  const metadata = await document()
  const answers: Record<string, (path: string) => Promise<Answer>> = {
    authorization_endpoint: (path) => send(server, path),
    end_session_endpoint: (path) => send(server, path),
    jwks_uri: (path) => send(server, path),
    token_endpoint: (path) => sendForm(server, path, {}),
    introspection_endpoint: (path) => sendForm(server, path, {}),
    revocation_endpoint: (path) => sendForm(server, path, {}),
    userinfo_endpoint: (path) => send(server, path),
    service_documentation: (path) => send(server, path),
  }

  for (const [name, url] of Object.entries(metadata)) {
    if (!/_(endpoint|uri|documentation)$/.test(name)) continue
    const { status } = (await answers[name]?.(pathOf(String(url)))) ?? { status: 0 }

    assert.ok([200, 303, 400, 401].includes(status), `${name}: ${status}`)
  }
})

test('every grant type, scope and authentication that is announced works', async () => {
  const metadata = await document()
  const scopes: string[] = metadata.scopes_supported
  const registered = scopes.filter((scope) => /^[A-Z]/.test(scope))
  const [client, user] = [await server.client({ scopes: registered }), await server.user()]
  const all = { scope: scopes.join(' '), prompt: 'consent' }

  const tokens = await tokensFor(server, client, user, all)
  const grants: Record<string, Promise<Answer>> = {
    refresh_token: post(
      server,
      pathOf(metadata.token_endpoint),
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      client,
    ),
    client_credentials: post(
      server,
      pathOf(metadata.token_endpoint),
      { grant_type: 'client_credentials' },
      await server.client({ type: 'machine' }),
    ),
  }

  assert.deepEqual(tokens.scope?.split(' ').sort(), [...scopes].sort())
  for (const grant of metadata.grant_types_supported) {
    if (grant === 'authorization_code') continue
    assert.equal((await grants[grant])?.status, 200, grant)
  }
})

test('every claim that is announced for a person comes with the scopes', async () => {
  const metadata = await document()
  const [client, user] = [await server.client(), await server.user()]
  const tokens = await tokensFor(server, client, user, { scope: 'openid profile email' })

  const { body } = await send(server, pathOf(metadata.userinfo_endpoint), {
    headers: bearer(tokens.access_token),
  })

  const inIdToken = ['sid', 'auth_time', 'iss', 'acr', 'amr']
  for (const claim of metadata.claims_supported) {
    assert.ok(claim in body || inIdToken.includes(claim), claim)
  }
})

test('every response mode that is announced works', async () => {
  const metadata = await document()
  const [client, user] = [await server.client(), await server.user()]

  for (const response_mode of metadata.response_modes_supported) {
    const path = authorizePath(client, { response_mode })
    const page = await signInAndApprove(server.visitor(), path, user)

    const posted = page.html.querySelector('[name=code]')?.getAttribute('value')
    const inFragment = new URLSearchParams(new URL(page.url).hash.slice(1)).get('code')
    assert.ok(posted ?? inFragment ?? callbackParams(page).code, response_mode) // A44
  }
})

test('the published keys are public, named once each, and may be cached', async () => {
  const { status, headers, body } = await send(server, '/.well-known/jwks.json')

  assert.equal(status, 200)
  assert.match(headers.get('cache-control') ?? '', /^public, max-age=\d+$/)
  const keys: Record<string, string>[] = body.keys
  // The one that signs and the one that will sign next (R16).
  assert.deepEqual(keys.map(({ alg }) => alg).sort(), ['ES256', 'ES256', 'RS256', 'RS256'])
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  for (const key of keys) {
    const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'].filter((name) => name in key)
    assert.deepEqual(secret, []) // RFC 7517 9.3, A86
    assert.equal(key.use, 'sig')
  }
})

test('HEAD and OPTIONS work, other methods do not exist', async () => {
  for (const path of [...paths, '/.well-known/jwks.json']) {
    const head = await fetch(server.url + path, { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
    for (const method of ['POST', 'PUT', 'DELETE']) {
      assert.equal((await send(server, path, { method })).status, 405) // A145
    }
  }
})
