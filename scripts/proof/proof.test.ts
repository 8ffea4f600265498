import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { proofPages } from './pages.ts'
import { readProof } from './proof.ts'

const root = join(import.meta.dirname, '../..')
const proof = readProof(root)

test('everything that is promised is held by a test', () => {
  assert.deepEqual(proof.gaps, [])
})

for (const [name, page] of Object.entries(proofPages(proof))) {
  test(`docs/security/${name} is what npm run proof writes`, () => {
    const written = readFileSync(join(root, 'docs/security', name), 'utf8')

    assert.ok(written === page, 'it is stale: npm run proof')
  })
}

test('no clause and no threat stands twice', () => {
  const ids = [
    ...proof.musts.flatMap(({ rows }) => rows.map(({ clause, about }) => `${clause} ${about}`)),
    ...proof.threats.flatMap(({ rows }) => rows.map(({ id }) => id)),
  ]

  assert.deepEqual([...new Set(ids)], ids)
})
