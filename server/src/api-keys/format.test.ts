import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { apiKeyPattern, isWellFormed, newApiKey } from './format.ts'

// A161, A166
test('a key has its prefix, 256 random bits and a checksum, and no underscore after agpt_', () => {
  for (let round = 0; round < 1000; round++) {
    const key = newApiKey()

    assert.match(key, new RegExp(`^${apiKeyPattern}$`))
    assert.ok(isWellFormed(key))
    assert.equal(key.lastIndexOf('_'), 4)
  }
})

test('two keys differ', () => {
  const keys = Array.from({ length: 100 }, newApiKey)

  assert.equal(new Set(keys).size, 100)
})

// A161
test('one wrong character anywhere is seen without a question to anybody', () => {
  const key = newApiKey()

  for (let at = 5; at < key.length; at++) {
    const other = key[at] === 'a' ? 'b' : 'a'
    assert.equal(isWellFormed(key.slice(0, at) + other + key.slice(at + 1)), false, `at ${at}`)
  }
})

// A161
test('what is no key at all is refused by its looks', () => {
  const key = newApiKey()
  const others = [
    '',
    'agpt_',
    key.slice(1),
    `${key}0`,
    key.slice(0, -1),
    key.toUpperCase(),
    ` ${key}`,
  ]

  for (const text of [...others, 'agpt_xt_abc', `${key}\n`, key.replace('agpt', 'ägpt')]) {
    assert.equal(isWellFormed(text), false, JSON.stringify(text))
  }
})

test('the pattern that is published for secret scanners finds keys and nothing else of ours', () => {
  const text = readFileSync(new URL('../../../docs/integrate/api.md', import.meta.url), 'utf8')
  const [published = 'none'] = /\\bagpt_\S+\\b/.exec(text) ?? []
  const pattern = new RegExp(published)

  assert.equal(published, `\\b${apiKeyPattern}\\b`)
  assert.match(`key="${newApiKey()}"`, pattern)
  for (const other of ['agpt_xt_u', 'agpt_rt_', 'agpt_secret_', 'agpt_client_']) {
    assert.doesNotMatch(other + 'x'.repeat(60), pattern)
  }
})
