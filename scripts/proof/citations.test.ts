import assert from 'node:assert/strict'
import { test } from 'node:test'
import { citationsOf } from './citations.ts'

const cited = (source: string) =>
  citationsOf('x.test.ts', source).map(({ name, citations }) => [name, ...citations])

test('a comment within a test is cited by that test alone', () => {
  const source = `
test('one', async () => {
  assert.ok(true) // RFC 7636 4.6, A29
  // RFC 6749 3.3, 4.1.2.1: before anybody is asked
})

test('two', () => {})`

  assert.deepEqual(cited(source), [
    ['one', 'RFC 7636 4.6', 'A29', 'RFC 6749 3.3', 'RFC 6749 4.1.2.1'],
    ['two'],
  ])
})

test('a comment before a test, or in its table, is cited by the test that follows', () => {
  const source = `
// A110
test('one', () => {})

const table = [
  // OIDC Core 2, 3.1.3.7, R1
  ['x'],
]

for (const [what] of table) {
  test(\`two \${what}\`, () =>
    check(what))
}`

  assert.deepEqual(cited(source), [
    ['one', 'A110'],
    ['two ‹what›', 'OIDC Core 2', 'OIDC Core 3.1.3.7', 'R1'],
  ])
})

test('what a helper cites, an address and a date are cited by no test', () => {
  const source = `
function helper() {
  return 1 // A5
}

const url = 'https://a.example/A6'

test(
  'one',
  () => {},
)`

  assert.deepEqual(cited(source), [['one']])
})
