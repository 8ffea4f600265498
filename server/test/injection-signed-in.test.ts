import assert from 'node:assert/strict'
import { test } from 'node:test'
import { platformScopeNames } from '../src/provider/scopes.ts'
import { apiKeyFor } from './gateway.ts'
import { password, tokensFor } from './harness.ts'
import { assertDatabaseStands, isNoFault, payloads } from './injection-payloads.ts'
import { send, sharedServer } from './requests.ts'
import type { Visitor } from './visitor.ts'

const server = await sharedServer()

test('no path, query or header of the API is one either', async () => {
  const user = await server.user()
  const { key } = await apiKeyFor(server, user, [...platformScopeNames])

  for (const payload of payloads) {
    const text = encodeURIComponent(payload).slice(0, 4000)
    for (const version of ['v1', 'v2']) {
      for (const [method, path] of [
        ['GET', `/${text}`],
        ['GET', `/graphs/${text}`],
        ['GET', `/runs/${text}`],
        ['DELETE', `/files/${text}`],
        ['GET', `/marketplace/agents/${text}/${text}`],
        ['GET', `/store/agents/${text}/${text}`],
        ['GET', `/graphs?limit=${text}&cursor=${text}&${text}=${text}`],
        ['GET', `/search?query=${text}&content_types=${text}`],
        ['GET', `/me?access_token=${text}`],
        ['POST', `/blocks/${text}/execute`],
      ] as const) {
        const url = `/external-api/${version}${path}`
        const body = method === 'POST' ? JSON.stringify({ [payload]: payload }) : null
        const headers = { 'x-api-key': key, 'content-type': 'application/json' }
        const { status } = await send(server, url, { method, body, headers })

        isNoFault(status, `${method} ${url}`) // A155
      }
    }
    const asked = { 'x-original-method': 'GET', 'x-original-uri': `/external-api/v2/runs/${text}` }
    const { status } = await send(server, '/api/forward-auth', {
      headers: { ...asked, 'x-api-key': key },
    })
    isNoFault(status, payload)
  }
  for (const payload of payloads.filter((one) => /^[\x20-\x7e]+$/.test(one))) {
    for (const name of ['x-api-key', 'x-team-id', 'idempotency-key', 'origin', 'authorization']) {
      const headers = { 'x-api-key': key, [name]: payload }
      const { status } = await send(server, '/external-api/v2/graphs', { headers })

      isNoFault(status, `${name}: ${payload}`)
    }
  }
  await assertDatabaseStands(server)
})

/** Every form of a page: where it posts to, and the fields that a person could change. */
async function formsOf(visitor: Visitor, path: string) {
  const page = await visitor.go(path)
  const csrf = page.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''
  const forms = page.html.querySelectorAll('form[method="post"]').map((form) => {
    const fields = form.querySelectorAll('input[name], select[name], button[name]')
    const given = fields.map((field) => [
      field.getAttribute('name') ?? '',
      field.getAttribute('value') ?? '',
    ])
    return { action: form.getAttribute('action') || path, given: given as string[][] }
  })
  return { csrf, forms: forms.filter(({ action }) => !/logout|delete/.test(action)) }
}

for (const path of ['/account', '/account/apps', '/account/api-keys']) {
  test(`no field of a form at ${path} is a way into the database`, async () => {
    const [user, client] = [await server.user(), await server.client()]
    await tokensFor(server, client, user)
    await apiKeyFor(server, user, ['IDENTITY'])
    const visitor = server.visitor()
    await visitor.submit(await visitor.go('/login'), { email: user.email, password })
    const { csrf, forms } = await formsOf(visitor, path)
    assert.ok(forms.length > 0)

    for (const { action, given } of forms) {
      for (const name of new Set(given.map(([field = '']) => field))) {
        if (name === '_csrf') continue
        for (const payload of payloads) {
          const others = given.filter(([field]) => field !== name && field !== '_csrf')
          const fields = [...others, [name, payload], ['_csrf', csrf]]
          const { status } = await visitor.fetch(action, {
            method: 'POST',
            body: new URLSearchParams(fields),
            headers: { origin: server.url },
          })

          isNoFault(status, `${action} ${name}=${payload}`) // A155
          assert.notEqual(status, 403, `${action}: the form was not taken`)
        }
      }
    }
    assert.equal((await visitor.fetch('/account')).status, 200, 'signed out on the way')
    await assertDatabaseStands(server)
  })
}

test('no field of the API keys’ own API is a way into the database', async () => {
  const user = await server.user()
  const { id } = await apiKeyFor(server, user, ['IDENTITY'])
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const whole = { name: 'x', scopes: ['IDENTITY'], expires_in_days: 1, allowed_addresses: ['::1'] }

  for (const payload of payloads) {
    const text = encodeURIComponent(payload).slice(0, 4000)
    const bodies = Object.entries(whole).flatMap(([name, value]) => [
      { ...whole, [name]: Array.isArray(value) ? [payload] : payload },
      { ...whole, [payload]: 'x' },
    ])
    for (const body of bodies) {
      for (const [method, path] of [
        ['POST', '/api/api-keys'],
        ['PATCH', `/api/api-keys/${id}`],
        ['PATCH', `/api/api-keys/${text}`],
        ['DELETE', `/api/api-keys/${text}`],
      ] as const) {
        const { status } = await visitor.fetch(path, {
          method,
          body: JSON.stringify(body),
          headers: { origin: server.url, 'content-type': 'application/json' },
        })

        isNoFault(status, `${method} ${path} ${JSON.stringify(body)}`) // A155
        assert.notEqual(status, 403)
      }
    }
  }
  await assertDatabaseStands(server)
})
