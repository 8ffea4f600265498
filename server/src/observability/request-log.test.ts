import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loggedPath } from './request-log.ts'

test('the log names routes and never what a thief could use', () => {
  const uid = 'q3JdT0Xb5sVv9o1_kWlA7cGdYyU2nRz4'

  assert.equal(loggedPath(`/auth/interaction/${uid}/login`), '/auth/interaction/:id/login')
  assert.equal(loggedPath('/.well-known/openid-configuration'), '/.well-known/openid-configuration')
  assert.equal(loggedPath('/api/oauth/token'), '/api/oauth/token')
  assert.equal(loggedPath('/x\ny'), '/x?y') // A185
  assert.ok(loggedPath('/a'.repeat(5000)).length <= 200)
})
