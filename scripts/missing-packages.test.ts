import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { installFailure } from './install-failure.js'
import { missingPackages } from './missing-packages.js'

const LOCK = {
  '': { version: '0.1.0' },
  'node_modules/koa': { version: '3.3.0' },
  'node_modules/knip': { version: '6.0.0', dev: true },
  'node_modules/fsevents': { version: '2.0.0', optional: true },
}

test('packages for development are missing only where they are wanted', (t) => {
  const root = project(t, { koa: '3.3.0' })

  assert.deepEqual(missingPackages(root, { development: false }), [])
  assert.deepEqual(missingPackages(root, { development: true }), ['node_modules/knip'])
})

test('a package of another version than the lockfile says is missing', (t) => {
  const root = project(t, { koa: '3.2.0' })

  assert.deepEqual(missingPackages(root, { development: false }), ['node_modules/koa'])
})

test('an install that npm did not finish counts as none', (t) => {
  const root = project(t, { koa: '3.3.0' })
  rmSync(join(root, 'node_modules/.package-lock.json'))

  assert.deepEqual(missingPackages(root, { development: false }), ['node_modules/koa'])
})

test('a folder deleted by hand is missed', (t) => {
  const root = project(t, { koa: '3.3.0' })
  rmSync(join(root, 'node_modules/koa'), { recursive: true })

  assert.deepEqual(missingPackages(root, { development: false }), ['node_modules/koa'])
})

test('a failed install is told in one line where the reason is known', () => {
  assert.match(oneLine('npm error code ENOTFOUND'), /cannot be reached/)
  assert.match(oneLine('npm error code ENOSPC'), /disk is full/)
  assert.match(oneLine('npm ERR! code EUSAGE'), /disagree/)
  assert.deepEqual(installFailure('npm error code E418\n', []).slice(1), ['npm error code E418'])
})

// npm drops packages of other platforms from a lockfile that it writes where their registry entries cannot
// be read, and npm ci refuses such a lockfile everywhere.
test('the lockfile names every package that another wants on some platform', () => {
  const lockfile = join(import.meta.dirname, '../package-lock.json')
  const packages: Record<string, { optionalDependencies?: Record<string, string> }> = JSON.parse(
    readFileSync(lockfile, 'utf8'),
  ).packages

  const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages),
    ),
  )

  assert.deepEqual(absent, [])
})

function oneLine(output: string): string {
  const lines = installFailure(output, [])
  assert.equal(lines.length, 1)
  return lines[0] ?? ''
}

function project(t: TestContext, installed: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'packages-'))
  t.after(() => rmSync(root, { recursive: true }))
  const packages = Object.entries(installed).map(([name, version]) => {
    mkdirSync(join(root, 'node_modules', name), { recursive: true })
    writeFileSync(join(root, 'node_modules', name, 'package.json'), '{}')
    return [`node_modules/${name}`, { version }]
  })
  const write = (path: string, content: object) =>
    writeFileSync(join(root, path), JSON.stringify({ packages: content }))
  write('package-lock.json', LOCK)
  write('node_modules/.package-lock.json', Object.fromEntries(packages))
  return root
}
