import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminToken, authorizePath, callbackParams, password } from './harness.ts'
import { assertDatabaseStands, isNoFault, payloads } from './injection-payloads.ts'
import { basic, bearer, decide, send, sendForm, sharedServer, signIn } from './requests.ts'
import type { Visitor } from './visitor.ts'

const server = await sharedServer()

test('no parameter of an authorization request is a way into the database', async () => {
  const client = await server.client()

  for (const name of [
    ...['client_id', 'redirect_uri', 'response_type', 'scope', 'state', 'nonce', 'prompt'],
    ...['code_challenge', 'code_challenge_method', 'response_mode', 'max_age', 'login_hint'],
    ...[
      'id_token_hint',
      'ui_locales',
      'acr_values',
      'claims',
      'request',
      'resource',
      'x[__proto__]',
    ],
  ]) {
    for (const payload of payloads) {
      const { status } = await server.visitor().fetch(authorizePath(client, { [name]: payload }))

      isNoFault(status, `${name}=${payload}`) // A155
    }
  }
  await assertDatabaseStands(server)
})

for (const [path, names] of [
  [
    '/api/oauth/token',
    ['grant_type', 'code', 'redirect_uri', 'code_verifier', 'refresh_token', 'scope', 'client_id'],
  ],
  ['/api/oauth/introspect', ['token', 'token_type_hint', 'client_id', 'client_secret']],
  ['/api/oauth/revoke', ['token', 'token_type_hint', 'client_id', 'client_secret']],
  ['/api/oauth/userinfo', ['access_token', 'scope']],
] as const) {
  test(`no field of ${path} is a way into the database`, async () => {
    const client = await server.client()
    const whole = { grant_type: 'authorization_code', code: 'x', redirect_uri: 'x' }

    for (const name of names) {
      for (const payload of payloads) {
        const form = await sendForm(server, path, { ...whole, [name]: payload }, basic(client))
        const refreshing = { grant_type: 'refresh_token', refresh_token: 'x', [name]: payload }
        const json = await send(server, path, {
          method: 'POST',
          body: JSON.stringify(refreshing),
          headers: { ...basic(client), 'content-type': 'application/json' },
        })

        isNoFault(form.status, `${name}=${payload}`) // A155
        isNoFault(json.status, `${name}=${payload} in JSON`)
      }
    }
    await assertDatabaseStands(server)
  })
}

test('no header is one either', async () => {
  const text = payloads.filter((payload) => /^[\x20-\x7e]+$/.test(payload))
  const binary = ['\0:\0', 'agpt_client_\0:x', "' OR 1=1--:x"]
  const encoded = binary.map((payload) => Buffer.from(payload).toString('base64'))

  for (const value of [...text, ...encoded]) {
    for (const headers of [
      { authorization: `Basic ${value}` },
      bearer(value),
      bearer(`agpt_xt_u${value}`),
      { cookie: `agpt_session=${value}; agpt_session.sig=${value}; agpt_csrf=${value}` },
      { cookie: value },
      { origin: value },
      { 'accept-language': value },
      { 'user-agent': value },
      { 'content-type': value },
    ] as Record<string, string>[]) {
      for (const path of ['/api/oauth/userinfo', '/external-api/v2/me', '/account']) {
        const { status } = await send(server, path, { headers })

        isNoFault(status, JSON.stringify(headers)) // A155
      }
      const posted = await send(server, '/api/oauth/token', {
        method: 'POST',
        headers,
        body: 'x=1',
      })
      isNoFault(posted.status, JSON.stringify(headers))
    }
  }
  await assertDatabaseStands(server)
})

test('no path or query of the server is one either', async () => {
  const headers = bearer(adminToken)

  for (const payload of payloads) {
    const text = encodeURIComponent(payload).slice(0, 4000)
    for (const path of [
      `/auth/interaction/${text}`,
      `/auth/interaction/${text}/login`,
      `/auth/interaction/${text}/consent`,
      `/auth/authorize/${text}`,
      `/auth/logout?post_logout_redirect_uri=${text}&client_id=${text}&state=${text}`,
      `/auth/logout?id_token_hint=${text}`,
      `/api/oauth/app/${text}`,
      `/api/admin/apps/${text}`,
      `/api/admin/users?search=${text}&cursor=${text}&limit=${text}`,
      `/api/admin/audit?actor=${text}&kind=${text}&since=${text}`,
      `/outbox/${text}`,
      `/assets/${text}`,
      `/login?email=${text}&next=${text}`,
      `/${text}`,
      `/.well-known/${text}`,
    ]) {
      const { status } = await send(server, path, { headers })

      isNoFault(status, path) // A155
    }
  }
  await assertDatabaseStands(server)
})

async function formPage(visitor: Visitor, path: string) {
  const page = await visitor.go(path)
  const fields = page.html
    .querySelectorAll('form input[name]')
    .map((input) => input.getAttribute('name') ?? '')
    .filter((name) => name !== '_csrf')
  return { page, fields: [...new Set(fields)] }
}

for (const path of ['/login', '/signup', '/forgot-password']) {
  test(`no field of ${path} is a way into the database`, async () => {
    const visitor = server.visitor()

    for (const payload of payloads) {
      const { page, fields } = await formPage(visitor, path)
      assert.ok(fields.length > 0)
      for (const name of fields) {
        const filled = { email: 'nobody@example.com', password, [name]: payload }
        const known = Object.entries(filled).filter(([field]) => fields.includes(field))
        const { status } = await visitor.submit(page, Object.fromEntries(known))

        isNoFault(status, `${name}=${payload}`) // A155
      }
    }
    await assertDatabaseStands(server)
  })
}

test('a line break in a parameter starts no header', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const split = 'x\r\nX-Injected: 1\r\n\r\n<script>'
  const visitor = server.visitor()

  for (const name of ['state', 'redirect_uri', 'login_hint', 'ui_locales', 'nonce', 'scope']) {
    const response = await visitor.fetch(authorizePath(client, { [name]: split }))

    assert.equal(response.headers.get('x-injected'), null) // A140
    assert.doesNotMatch(response.headers.get('location') ?? '', /[\r\n]/)
  }
  const consent = await signIn(visitor, authorizePath(client, { state: split }), user)
  const page = await decide(visitor, consent, {})
  assert.equal(page.headers.get('x-injected'), null)
  assert.equal(callbackParams(page).state, split) // A128
})

test('a polluted form or query changes no object', async () => {
  const client = await server.client({ type: 'machine' })
  const dirty = [
    '__proto__[admin]=1',
    'constructor[prototype][admin]=1',
    'a[__proto__][admin]=1',
    '__proto__=admin',
  ]

  for (const pollution of dirty) {
    const headers = { ...basic(client), 'content-type': 'application/x-www-form-urlencoded' }
    const body = `grant_type=client_credentials&${pollution}`
    const { status } = await send(server, '/api/oauth/token', { method: 'POST', body, headers })
    await send(server, `${authorizePath(client)}&${pollution}`)

    assert.equal(status, 200)
    assert.equal(({} as { admin?: unknown }).admin, undefined) // A156
  }
})

test('bytes that are no text are a refusal, not a fault', async () => {
  const client = await server.client()
  const headers = { ...basic(client), 'content-type': 'application/x-www-form-urlencoded' }

  for (const bytes of ['%ff%fe', '%ED%A0%80', '%C0%AF', '%', '%zz', '%u0000']) {
    const body = `grant_type=refresh_token&refresh_token=${bytes}`
    const { status } = await send(server, '/api/oauth/token', { method: 'POST', body, headers })
    const asked = await send(server, `/auth/authorize?client_id=${bytes}&state=${bytes}`)
    const path = await send(server, `/auth/interaction/${bytes}/login`)

    for (const one of [status, asked.status, path.status]) isNoFault(one, bytes) // A155
  }
})
