import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildWidget } from '../built-widget.ts'

const widget = join(import.meta.dirname, '../..')
const folder = join(widget, 'releases')
const { version } = JSON.parse(readFileSync(join(widget, 'package.json'), 'utf8'))
const versions = existsSync(folder) ? readdirSync(folder) : []
const scriptsOf = (version: string) =>
  readdirSync(join(folder, version)).filter((name) => /\.m?js$/.test(name))
const read = (version: string, name: string) => readFileSync(join(folder, version, name))
const integrityOf = (bytes: Buffer) =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`

test('there is a release, and each has both scripts', () => {
  assert.ok(versions.length > 0)
  for (const version of versions) {
    assert.deepEqual(scriptsOf(version), ['autogpt-signin.js', 'autogpt-signin.mjs'], version)
  }
})

// Pages pin the hash of an exact version, and browsers keep it for a year.
test('no file of a release is another than it was when it was released', () => {
  for (const version of versions) {
    const kept = JSON.parse(String(read(version, 'integrity.json')))
    const now = scriptsOf(version).map((name) => [name, integrityOf(read(version, name))])

    assert.deepEqual(kept, Object.fromEntries(now), version)
  }
})

test('what changed since a release has another version', () => {
  buildWidget()
  if (!versions.includes(version)) return

  for (const name of scriptsOf(version)) {
    assert.ok(
      readFileSync(join(widget, 'dist/cdn', name)).equals(read(version, name)),
      `${name} is no longer that of ${version}: raise the version in widget/package.json`,
    )
  }
})

test('the guide pins a release by its hash', () => {
  const guide = readFileSync(join(widget, '../docs/integrate/button.md'), 'utf8')
  const pinned = [...guide.matchAll(/\/widget\/([\d.]+)\/([\w.-]+)"\s+integrity="(sha384-\S+)"/g)]

  assert.ok(pinned.length > 0)
  for (const [, version = '', name = '', integrity] of pinned) {
    assert.equal(integrity, integrityOf(read(version, name)), `${version}/${name}`)
  }
})
