import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let text = ''
  write(
    createLog('trace', {
      write: (line) => {
        text += line
      },
    }),
  )
  return text
}

test('what has the name of a secret stays out of the log, should it be handed over', () => {
  const text = logged((log) =>
    log.info(
      {
        token: 'token-value',
        headers: { cookie: 'cookie-value' },
        password: 'pass-value',
        kind: 'x',
      },
      'an event',
    ),
  )

  assert.doesNotMatch(text, /-value/)
  assert.match(text, /"kind":"x"/)
})

test('an error is logged by class, code, message, stack and cause, and nothing else of it', () => {
  const row = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (email)=(ada@example.com) already exists.',
    config: { password: 'a password' },
  })
  const text = logged((log) => log.error({ err: new TypeError('outer', { cause: row }) }, 'failed'))

  const { err } = JSON.parse(text)
  assert.equal(err.type, 'TypeError')
  assert.match(err.stack, /log\.test/)
  assert.equal(err.cause.code, '23505')
  assert.deepEqual(Object.keys(err.cause), ['type', 'message', 'stack', 'code'])
  assert.doesNotMatch(text, /ada@|a password/)
})

test('a message that quotes a token, a password in an address or a person is scrubbed', () => {
  const quoted = [
    `agpt_xt_${'x'.repeat(43)}`,
    `eyJhbGciOi.${'y'.repeat(30)}.${'z'.repeat(30)}`,
    'ada.lovelace@example.com',
    'Bearer opaque-credential',
    'postgres://role:hunter22@db.internal/sso',
  ]
  const text = logged((log) => log.error({ err: new Error(`Unexpected ${quoted.join(', ')}`) }))

  for (const secret of ['xxxx', 'yyyy', 'lovelace', 'opaque', 'hunter22']) {
    assert.ok(!text.includes(secret), `${secret} in ${text}`)
  }
  assert.match(text, /Unexpected/)
})
