import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  adminToken,
  authorizePath,
  callbackParams,
  password,
  signInAndApprove,
  startServer,
} from './harness.ts'

// A155: PostgreSQL has no NUL in text, so it must be an answer and not a failure.
test('a NUL byte in what a request stores is refused, never a failure', async (t) => {
  const server = await startServer(t)
  const [client, user] = [await server.client(), await server.user()]
  const visitor = server.visitor()

  const asked = await signInAndApprove(
    server.visitor(),
    authorizePath(client, { nonce: 'a\0' }),
    user,
  )
  const chosen = await server.visitor().go(authorizePath(client, { acr_values: 'a\0' }))
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const renamed = await visitor.submit(await visitor.go('/account'), {
    name: 'Ada\0',
    timezone: 'UTC',
  })
  const registered = await fetch(`${server.url}/api/admin/apps`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a\0', redirect_uris: ['https://a.example/cb'], scopes: [] }),
  })

  assert.equal(callbackParams(asked).error, 'invalid_request')
  assert.equal(callbackParams(chosen).error, 'invalid_request')
  assert.equal(renamed.status, 400)
  assert.equal(registered.status, 400)
})
