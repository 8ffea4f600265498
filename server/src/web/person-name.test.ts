import assert from 'node:assert/strict'
import { test } from 'node:test'
import { personName } from './person-name.ts'

test('a name is trimmed and may be in any script, or empty', () => {
  assert.deepEqual(personName('  Ada  Lovelace '), { name: 'Ada  Lovelace' })
  assert.deepEqual(personName('山田 太郎 👩‍💻'), { name: '山田 太郎 👩‍💻' })
  assert.deepEqual(personName('<b>"Ada"</b>'), { name: '<b>"Ada"</b>' })
  assert.deepEqual(personName(' '), { name: '' })
})

test('a hundred characters are enough, however many bytes they take', () => {
  assert.deepEqual(personName('🦊'.repeat(100)), { name: '🦊'.repeat(100) })
  assert.deepEqual(personName('a'.repeat(101)), { problem: 'too_long' })
})

// A155
test('controls, line breaks and overrides of direction are refused', () => {
  for (const typed of ['a\0b', 'a\nb', 'a\u2028b', 'a\u202Eb', 'a\u2066b']) {
    assert.deepEqual(personName(typed), { problem: 'unfit' })
  }
})
