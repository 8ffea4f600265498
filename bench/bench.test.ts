import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { GatewayResult } from './gateway/gateway.ts'
import type { Row } from './numbers.ts'

test('a short run measures every operation on the ceiling and on PostgreSQL', (t) => {
  const only = ['code', 'refresh', 'introspection', 'client-credentials', 'authorize', 'sign-in']

  const { output, rows } = bench(t, ['--on', 'memory,postgres', '--only', only.join()])

  assert.deepEqual(
    rows.map(({ operation, system }) => `${operation} ${system}`),
    only.flatMap((operation) => [`${operation} memory`, `${operation} postgres`]),
  )
  for (const row of rows) assertMeasured(row)
  assert.match(output, /reached: refresh, ratio at least 0\.7/)
  assert.match(output, /reached: idle memory at most 150 MB/)
})

test('the embedded database takes part', (t) => {
  const { rows } = bench(t, ['--on', 'memory,pglite', '--only', 'introspection'])

  assert.equal(rows.length, 2)
  for (const row of rows) assertMeasured(row)
})

test('the gateway is measured beside a bare proxy, and a body leaves no memory behind', (t) => {
  const { output, gateway } = bench(t, ['--only', 'gateway', '--megabytes', '256'])

  assert.match(output, /reached: gateway, added p50 at most 1\.3/)
  assert.match(output, /reached: gateway, throughput at least 0\.6/)
  assert.match(output, /^reached: gateway, at most 100 MB more memory for 256 MB/m)
  assert.ok(gateway?.throughput.every((ratio) => ratio > 0))
})

test('a name that the benchmark does not know is refused with the ones it knows', () => {
  const { status, stderr } = run(['--only', 'refresh,levitation'])

  assert.equal(status, 1)
  assert.match(stderr, /--only: levitation is none of code, refresh/)
})

interface Benched {
  output: string
  rows: Row[]
  gateway?: GatewayResult
}

function bench(t: TestContext, args: string[]): Benched {
  const folder = mkdtempSync(join(tmpdir(), 'autogpt-sso-bench-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const json = join(folder, 'result.json')
  const { status, stdout, stderr } = run([
    '--seconds',
    '0.3',
    '--rounds',
    '1',
    '--json',
    json,
    ...args,
  ])
  assert.equal(status, 0, stdout + stderr)
  return { output: stdout, ...JSON.parse(readFileSync(json, 'utf8')) }
}

const run = (args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' })

// Never how fast: another test may have the machine.
function assertMeasured(row: Row): void {
  const name = `${row.operation} ${row.system}`
  assert.equal(row.failures, 0, `${name}: ${row.firstFailure}`)
  assert.ok(row.operations > 0 && row.rate.median > 0, name)
  assert.ok(row.p50 > 0 && row.p99 >= row.p50, name)
  assert.equal(row.ratio === undefined, row.system === 'memory', name)
}
