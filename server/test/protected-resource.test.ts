import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from './harness.ts'

test('the API says who issues its tokens, and a refusal points there', async (t) => {
  const server = await startServer(t)

  const refused = await fetch(`${server.url}/external-api/v2/me`)
  const [, metadata] =
    /resource_metadata="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
  const answer = await fetch(metadata ?? '')

  // RFC 9728 3.3 and 5.1
  const { resource, authorization_servers, scopes_supported } = await answer.json()
  assert.equal(resource, server.url)
  assert.deepEqual(authorization_servers, [server.url])
  assert.equal(scopes_supported.length, 26)
})
