import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { isBuilt, stampFile, stampOf } from '../../scripts/stamp.js'

const changes = {
  'a source changed': 'src/styles.ts',
  'a source is new': 'src/core/new.ts',
  'the way it is built changed': 'scripts/bundles.ts',
  'the version changed': 'package.json',
}

for (const [what, file] of Object.entries(changes)) {
  test(`it is built again when ${what}, and only then`, (t) => {
    const folder = built(t)
    assert.ok(isBuilt(folder))

    writeFileSync(join(folder, file), '// something else')

    assert.ok(!isBuilt(folder))
  })
}

test('a build that was interrupted is none', (t) => {
  const folder = built(t)

  rmSync(join(folder, 'dist', stampFile))

  assert.ok(!isBuilt(folder))
})

function built(t: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'stamp-'))
  t.after(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'widget')
  for (const part of ['src', 'scripts', 'package.json']) {
    cpSync(join(import.meta.dirname, '../..', part), join(folder, part), { recursive: true })
  }
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'dist', stampFile), stampOf(folder))
  return folder
}
