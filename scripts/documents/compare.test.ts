import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
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
  assert.ok(merged.paths['/news'])
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
