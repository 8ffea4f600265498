import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readReleases } from './releases.ts'
import { widgetFolder as widget } from './widget-folder.ts'

test('a version that was released stays when a newer one is built', (t) => {
  const folder = widget(t, {
    'package.json': '{"version": "1.1.0"}',
    'dist/cdn/autogpt-signin.js': 'new',
    'releases/1.0.0/autogpt-signin.js': 'old',
  })

  const releases = readReleases(folder)

  assert.deepEqual(
    releases.map(({ version, files }) => [version, String(files.get('autogpt-signin.js')?.bytes)]),
    [
      ['1.1.0', 'new'],
      ['1.0.0', 'old'],
    ],
  )
})

// A browser that has it may keep it for a year, and a page that pinned its hash takes no other.
test('a version that was released is served as it was, whatever is built under its name', (t) => {
  const folder = widget(t, {
    'package.json': '{"version": "1.0.0"}',
    'dist/cdn/autogpt-signin.js': 'changed',
    'releases/1.0.0/autogpt-signin.js': 'as it was',
  })

  const [release] = readReleases(folder)

  assert.equal(String(release?.files.get('autogpt-signin.js')?.bytes), 'as it was')
})

test('where nothing is built there is nothing', (t) => {
  assert.deepEqual(readReleases(widget(t, { 'package.json': '{"version": "1.0.0"}' })), [])
})
