import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markDifferences } from './differences.ts'

test('only the parts that differ are marked, on both sides', () => {
  const [sent, registered] = markDifferences(
    'http://app.example/callbacks/',
    'https://app.example/callback',
  )

  assert.equal(String(sent), '<mark>http</mark>://app.example/<mark>callbacks/</mark>')
  assert.equal(String(registered), '<mark>https</mark>://app.example/<mark>callback</mark>')
})

test('a character that cannot be seen is written out', () => {
  const [sent] = markDifferences('https://app.example/cb \u200B', 'https://app.example/cb')

  assert.match(String(sent), /cb<mark>\[U\+0020\]\[U\+200B\]<\/mark>/)
})

test('an address is shown as text, whatever it holds (A127)', () => {
  const [sent] = markDifferences('https://a.example/<script>"', 'https://a.example/')

  assert.doesNotMatch(String(sent), /<script|"/)
})

test('a very long address costs little', () => {
  const started = performance.now()

  const [sent] = markDifferences('/a'.repeat(50_000), '/b'.repeat(50_000))

  assert.ok(String(sent).length < 10_000)
  assert.ok(performance.now() - started < 500)
})
