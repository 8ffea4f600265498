import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineOf, sizes } from '../../scripts/sizes.ts'
import { buildWidget } from '../built-widget.ts'

buildWidget()

for (const size of await sizes()) {
  test(`${size.title} is at most ${size.limit} bytes of brotli`, (t) => {
    t.diagnostic(lineOf(size))

    assert.ok(size.brotli <= size.limit, lineOf(size))
  })
}
