import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { mutated } from './apply.ts'
import { mutants } from './list.ts'

test('every mutant still breaks a line that is there, and names tests that are', () => {
  assert.ok(mutants.length >= 20)
  for (const mutant of mutants) {
    const source = readFileSync(mutant.file, 'utf8')

    assert.notEqual(mutated(source, mutant), source)
    for (const file of mutant.noticedBy) assert.ok(existsSync(file), file)
  }
})

test('a line that is not there, or twice, is no mutant', () => {
  const mutant = { guarantee: '', file: 'x.ts', from: 'b', to: 'c', noticedBy: [] }

  assert.equal(mutated('abc', mutant), 'acc')
  assert.throws(() => mutated('a', mutant), /x\.ts has not exactly once/)
  assert.throws(() => mutated('bb', mutant), /x\.ts has not exactly once/)
})
