import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findSecrets } from './find-secrets.ts'
import { checkSuiteLog } from './suite-log.ts'

const line = (fields: object) =>
  `${JSON.stringify({ time: 1795478123456, pid: 123456, ...fields })}\n`

test('a secret is found in a log, also encoded for an address or quoted', () => {
  const password = 'correct "horse" & staple'
  const logs = [
    line({ msg: `tried ${password}` }),
    line({ path: `/?p=${encodeURIComponent(password)}` }),
  ]

  assert.equal(findSecrets(logs.join(''), [password]).length, 2)
})

test('a mailed code is found where it stands alone, not within other numbers', () => {
  assert.equal(findSecrets(line({ msg: 'the code is 123456.' }), ['123456']).length, 1)
  assert.deepEqual(findSecrets(line({ ms: 1123456, id: '9-123456-a' }), ['123456']), [])
})

test('tokens and addresses are found by their looks, client ids are not', () => {
  const log = [
    line({ msg: `agpt_xt_${'a'.repeat(43)}` }),
    line({ msg: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln' }),
    line({ msg: 'to ada@example.com' }),
    line({ client: `agpt_client_${'b'.repeat(22)}`, route: '/assets/:name' }),
  ].join('')

  assert.deepEqual(
    findSecrets(log, []).map(({ what }) => what),
    ['a token or secret', 'a signed token', 'an e-mail address'],
  )
})

test('one secret in the log of one process fails the suite', (t) => {
  const folder = logs(t, { log: line({ path: '/x?code=a-code-of-a-test' }) })

  assert.deepEqual(checkSuiteLog(folder), { passed: 0, failed: 1 })
})

test('a clean log passes, and one that nobody wrote fails', (t) => {
  assert.deepEqual(checkSuiteLog(logs(t, { log: line({ path: '/x' }) })), { passed: 1, failed: 0 })
  assert.deepEqual(checkSuiteLog(logs(t, { log: '' })), { passed: 0, failed: 1 })
})

function logs(t: TestContext, { log }: { log: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'suite-log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '17.log'), log)
  writeFileSync(join(folder, '17.secrets'), JSON.stringify(['a-code-of-a-test']))
  return folder
}
