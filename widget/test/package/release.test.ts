import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildWidget } from '../built-widget.ts'

const widget = join(import.meta.dirname, '../..')
const { version } = JSON.parse(readFileSync(join(widget, 'package.json'), 'utf8'))

// Pages pin the hash of an exact version.
test('what changed since a release has another version', () => {
  buildWidget()
  const released = join(widget, 'releases', version)
  const names = existsSync(released) ? readdirSync(released) : []

  for (const name of names.filter((name) => /\.m?js$/.test(name))) {
    assert.ok(
      readFileSync(join(widget, 'dist/cdn', name)).equals(readFileSync(join(released, name))),
      `${name} is no longer that of ${version}: raise the version in widget/package.json`,
    )
  }
})
