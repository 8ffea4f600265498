import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { compare, type OpenApi } from './compare.ts'

const file = new URL('../../server/src/gateway/documents/v2.json', import.meta.url).pathname
const ours = (): OpenApi => JSON.parse(readFileSync(file, 'utf8'))

test('the same document changes nothing', () => {
  const { changes, problems, merged } = compare(ours(), ours())

  assert.deepEqual([changes, problems], [[], []])
  assert.deepEqual(merged, ours())
})

test('new and gone operations and other scopes are named', () => {
  const theirs = ours()
  delete theirs.paths['/credits']
  theirs.paths['/graphs'] = {
    ...theirs.paths['/graphs'],
    get: { security: [{ HTTPBearer: ['READ_LIBRARY'] }] },
  }
  theirs.paths['/external-api/v2/news'] = { get: { security: [{ HTTPBearer: ['READ_STORE'] }] } }

  const { changes, problems, merged } = compare(ours(), theirs)

  assert.deepEqual(problems, [])
  assert.deepEqual(
    changes.filter((line) => !line.startsWith('- ')),
    ['+ GET /news  READ_STORE', '~ GET /graphs  READ_GRAPH → READ_LIBRARY'],
  )
  assert.ok(changes.some((line) => line.startsWith('- ')))
  assert.deepEqual(merged.paths['/graphs']?.get?.security?.[0], { apiKey: ['READ_LIBRARY'] })
  const schemes = ['apiKey', 'bearerKey', 'oauth2'].map((name) => ({ [name]: ['READ_STORE'] }))
  assert.deepEqual(merged.paths['/news']?.get?.security, schemes)
})

test('where the platform says nothing of scopes and limits, ours stay', () => {
  const theirs = ours()
  for (const item of Object.values(theirs.paths)) {
    for (const operation of Object.values(item)) {
      delete operation.security
      delete operation['x-rate-limit']
      delete operation['x-conditional-scopes']
    }
  }

  const { changes, problems, merged } = compare(ours(), theirs)

  assert.deepEqual([changes, problems], [[], []])
  assert.deepEqual(merged.paths['/search']?.get, ours().paths['/search']?.get)
})

/** A document as FastAPI writes them: whole addresses, schemes and components of its own. */
const platform: OpenApi = {
  openapi: '3.1.0',
  info: { title: 'Platform', version: '3' },
  paths: {
    '/external-api/v2/graphs': {
      get: { operationId: 'list_graphs', responses: { 200: { description: 'Graphs' } } },
    },
    '/external-api/v2/news/{news_id}': {
      post: {
        operationId: 'post_news',
        security: [{ APIKeyAuthenticator: ['READ_STORE', 'WRITE_STORE'] }],
        requestBody: {
          content: { 'application/json': { schema: { $ref: '#/components/schemas/News' } } },
        },
        responses: { 201: { description: 'Made' } },
      },
    },
  },
  components: {
    schemas: { News: { type: 'object', properties: { title: { type: 'string' } } } },
    securitySchemes: { APIKeyAuthenticator: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
  },
}

test('the platform’s document, written over a copy of ours, is one that the gateway starts with', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-documents-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const part of ['scripts/documents.ts', 'scripts/documents', 'server/src/gateway']) {
    cpSync(new URL(`../../${part}`, import.meta.url).pathname, join(folder, part), {
      recursive: true,
    })
  }
  writeFileSync(join(folder, 'platform.json'), JSON.stringify(platform))

  const args = ['scripts/documents.ts', 'v2', 'platform.json', '--write']
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })

  assert.equal(status, 0)
  assert.match(stdout, /^\+ POST \/news\/\{news_id\} {2}READ_STORE WRITE_STORE$/m)
  assert.match(stdout, /^- GET \/me$/m)
  assert.doesNotMatch(stdout, /mcp/)
  const written = JSON.parse(
    readFileSync(join(folder, 'server/src/gateway/documents/v2.json'), 'utf8'),
  )
  const { valid, errors } = await new Validator().validate(structuredClone(written))
  assert.ok(valid, JSON.stringify(errors))
  assert.deepEqual(written.components.securitySchemes, ours().components?.securitySchemes)
  const { findOperation } = await import(join(folder, 'server/src/gateway/operations.ts'))
  const scopes = (method: string, path: string) =>
    findOperation('v2', method, path).operation?.scopes
  assert.deepEqual(scopes('POST', '/news/1'), ['READ_STORE', 'WRITE_STORE'])
  assert.deepEqual(scopes('GET', '/graphs'), ['READ_GRAPH'])
  assert.deepEqual(scopes('POST', '/mcp/'), [])
  assert.equal(scopes('GET', '/me'), undefined)
})

test('an operation without any scope is not let in, and the file stays as it is', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-documents-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const theirs = ours()
  theirs.paths['/secrets'] = { get: {} }
  const other = join(folder, 'platform.json')
  writeFileSync(other, JSON.stringify(theirs))
  const before = readFileSync(file, 'utf8')
  const program = new URL('../documents.ts', import.meta.url).pathname

  const refused = spawnSync(process.execPath, [program, 'v2', other, '--write'], {
    encoding: 'utf8',
  })

  assert.equal(refused.status, 1)
  assert.match(refused.stdout, /^\+ GET \/secrets$/m)
  assert.match(refused.stderr, /GET \/secrets is new and names no scope/)
  assert.equal(readFileSync(file, 'utf8'), before)
  assert.equal(spawnSync(process.execPath, [program]).status, 2)
})
