import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeFor, exchange, introspect, refresh } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()

/** A code that was used this long ago, and what came of it. */
async function spent(seconds: number) {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user)
  const { body } = await exchange(server, client, code)
  await server.db.query(
    `update authorization_codes
        set consumed_at = consumed_at - make_interval(secs => $1),
            expires_at = expires_at - make_interval(secs => $1)
      where family_id in (select id from token_families
                           where consent_id in (select id from consents where account_id = $2))`,
    [seconds, user.id],
  )
  return { client, user, code, tokens: body }
}

const status = async (path: string, token: string) =>
  (await send(server, path, { headers: bearer(token) })).status

for (const [when, seconds] of [
  ['half a minute', 31],
  ['eleven minutes', 660],
  ['a day', 86_400],
] as const) {
  test(`a code that comes again ${when} later ends all that came of it, everywhere`, async () => {
    const { client, code, tokens } = await spent(seconds)

    const again = await exchange(server, client, code)

    // RFC 6749 4.1.2, RFC 9700 4.5, A33, A34, A35
    assert.deepEqual([again.status, again.body.error], [400, 'invalid_grant'])
    assert.deepEqual((await introspect(server, client, tokens.access_token)).body, {
      active: false,
    })
    assert.deepEqual((await introspect(server, client, tokens.refresh_token)).body, {
      active: false,
    })
    assert.equal((await refresh(server, client, tokens.refresh_token)).body.error, 'invalid_grant')
    for (const path of ['/api/oauth/userinfo', '/external-api/v1/me', '/external-api/v2/me']) {
      assert.equal(await status(path, tokens.access_token), 401)
    }
  })
}

test('tokens that were refreshed meanwhile end with it', async () => {
  const { client, code, tokens } = await spent(31)
  const refreshed = await refresh(server, client, tokens.refresh_token)

  await exchange(server, client, code)

  assert.equal(await status('/external-api/v2/me', refreshed.body.access_token), 401) // A33
})

test('other sign-ins of the person and the consent are left alone', async () => {
  const { client, user, code } = await spent(31)
  const other = await exchange(server, client, await codeFor(server, client, user))

  await exchange(server, client, code)

  assert.equal(await status('/external-api/v2/me', other.body.access_token), 200)
  const { rows } = await server.db.query('select 1 from consents where account_id = $1', [user.id])
  assert.equal(rows.length, 1)
})

test('a wrong secret beside a spent code ends nothing', async () => {
  const { client, code, tokens } = await spent(31)

  const answer = await exchange(server, { ...client, secret: 'wrong' }, code)

  assert.equal(answer.status, 401)
  assert.equal((await introspect(server, client, tokens.access_token)).body.active, true)
})
