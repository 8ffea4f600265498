import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { startAdminServer } from './admin-server.ts'

test('the document is valid OpenAPI 3.1, for anyone to read', async (t) => {
  const { url } = await startAdminServer(t)

  const response = await fetch(`${url}/api/admin/openapi.json`)
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(await response.json()))

  assert.equal(response.status, 200)
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(validator.version, '3.1')
})

test('every call of the contract is described, and everything described is served', async (t) => {
  const { url, api } = await startAdminServer(t)
  const contract = [
    'delete /api/admin/apps/{id}',
    'delete /api/admin/apps/{id}/secrets/{secret_id}',
    'delete /api/admin/users/{id}',
    'delete /api/admin/users/{id}/api-keys/{key_id}',
    'get /api/admin/apps',
    'get /api/admin/apps/{id}',
    'get /api/admin/apps/{id}/secrets',
    'get /api/admin/audit',
    'get /api/admin/keys',
    'get /api/admin/users',
    'get /api/admin/users/{id}',
    'get /api/admin/users/{id}/api-keys',
    'patch /api/admin/apps/{id}',
    'patch /api/admin/users/{id}',
    'patch /api/admin/users/{id}/api-keys/{key_id}',
    'post /api/admin/apps',
    'post /api/admin/apps/{id}/secrets',
    'post /api/admin/keys/rotate',
    'post /api/admin/keys/{kid}/revoke',
    'post /api/admin/users',
    'post /api/admin/users/{id}/api-keys',
  ]

  const document = await (await fetch(`${url}/api/admin/openapi.json`)).json()

  const described = Object.entries<object>(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method} ${path}`),
  )
  assert.deepEqual(described.sort(), contract)
  for (const call of described) {
    const [method = '', path = ''] = call.split(' ')
    const { status } = await api(
      method.toUpperCase(),
      path.replaceAll(/\{\w+\}/g, 'x'),
      undefined,
      {},
    )
    assert.equal(status, 401, `${call} is not served`)
  }
})

test('a method or address that is not described is not served', async (t) => {
  const { api } = await startAdminServer(t)

  assert.equal((await api('PUT', '/api/admin/apps', {})).status, 405)
  assert.equal((await api('DELETE', '/api/admin/audit')).status, 405)
  assert.equal((await api('GET', '/api/admin/nothing')).status, 404)
})

test('bodies, answers and refusals are described by the schemas that are enforced', async (t) => {
  const { url } = await startAdminServer(t)

  const { paths, components } = await (await fetch(`${url}/api/admin/openapi.json`)).json()

  const create = paths['/api/admin/apps'].post
  assert.equal(
    create.requestBody.content['application/json'].schema.$ref,
    '#/components/schemas/NewApp',
  )
  assert.equal(components.schemas.NewApp.additionalProperties, false)
  assert.deepEqual(components.schemas.NewApp.required.sort(), ['name', 'scopes'])
  assert.deepEqual(Object.keys(create.responses), ['201', '400', '401', '403', '503'])
  const [limit] = paths['/api/admin/users'].get.parameters
  assert.deepEqual(limit.schema, { type: 'integer', minimum: 1, maximum: 100, default: 50 })
  assert.ok(paths['/api/admin/users/{id}'].delete.responses['409'])
})

test('the docs page loads from here alone and runs no inline script', async (t) => {
  const { url } = await startAdminServer(t)

  const page = await fetch(`${url}/api/admin/docs`)
  const text = await page.text()

  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
  assert.ok(!policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"))
  assert.ok(!/<script(?![^>]* src=)/.test(text) && !/style=|onload=/.test(text))
  for (const [, path] of text.matchAll(/(?:src|href)="(\/api[^"]*)"/g)) {
    const { status, headers } = await fetch(`${url}${path}`)
    assert.equal(status, 200, `${path}`)
    assert.match(headers.get('content-type') ?? '', /javascript|css|json/)
  }
})
