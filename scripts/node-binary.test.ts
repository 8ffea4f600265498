import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodeProblem } from './node-binary.js'

test('a Node that runs is no problem', () => {
  assert.equal(nodeProblem(process.execPath), undefined)
})

test('a Node that does not run says so', () => {
  assert.match(nodeProblem('./no-such-node') ?? '', /^Node 26 does not run here: .*ENOENT/)
})
