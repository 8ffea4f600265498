import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureText } from './test-failure.ts'

const place = { name: 'a code is spent once', file: 'db/codes.test.ts', line: 12 }

test('a failure says which test, where it stands and what was thrown', () => {
  const text = failureText({ ...place, details: { error: wrapped(new Error('two rows')) } }) ?? ''

  assert.match(text, /^✖ a code is spent once\n {4}db\/codes\.test\.ts:12\n {4}Error: two rows/)
})

test('the cause of what was thrown is shown too', () => {
  const thrown = new Error('no answer', { cause: new Error('connection refused') })

  assert.match(
    failureText({ ...place, details: { error: wrapped(thrown) } }) ?? '',
    /caused by: Error: connection refused/,
  )
})

test('a test that failed only by one within it is not repeated', () => {
  const error = Object.assign(wrapped(new Error('1 subtest failed')), {
    failureType: 'subtestsFailed',
  })

  assert.equal(failureText({ ...place, details: { error } }), undefined)
})

test('a file that did not finish shows what it printed last', () => {
  const failed = { ...place, name: place.file, details: { error: wrapped('test failed') } }

  const text = failureText(failed, 'Error: Cannot find module') ?? ''

  assert.match(text, /db\/codes\.test\.ts did not finish/)
  assert.match(text, /Cannot find module/)
})

function wrapped(cause: unknown): Error {
  return new Error('wrapped by node:test', { cause })
}
