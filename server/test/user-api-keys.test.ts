import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { runCli } from '../src/cli/program.ts'
import { adminToken, answerOf, startServer } from './harness.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

async function setUp(t: TestContext) {
  const server = await startServer(t)
  const user = await server.user()
  const api = async (method: string, path: string, body?: object) =>
    answerOf(
      await fetch(`${server.url}/api/admin/users/${path}`, {
        method,
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      }),
    )
  const make = async (fields: object = {}) => {
    const wish = { name: 'Report', scopes: ['IDENTITY'], ...fields }
    const answer = await api('POST', `${user.id}/api-keys`, wish)
    noteSecrets(answer.body.key ?? 'no key')
    return answer
  }
  const me = async (key: string) =>
    answerOf(await fetch(`${server.url}/external-api/v2/me`, { headers: { 'x-api-key': key } }))
  return { server, user, api, make, me }
}

test('an administrator makes a key that acts for a user, sees it without its value, revokes it', async (t) => {
  const { server, user, api, make, me } = await setUp(t)

  const { status, body } = await make()

  assert.equal(status, 201)
  const { key, ...shown } = body
  assert.equal((await me(key)).body.user_id, user.id)
  const list = await api('GET', `${user.id}/api-keys`)
  assert.deepEqual(list.body, { items: [{ ...shown, last_used_at: null }] })
  assert.equal((await api('DELETE', `${user.id}/api-keys/${shown.id}`)).status, 204)
  assert.equal((await me(key)).status, 401)
  const events = await listEvents(server.db, { limit: 20, account: user.id })
  const done = events.filter(({ kind }) => kind.startsWith('api_key.'))
  assert.deepEqual(
    done.map(({ kind, actorType }) => [kind, actorType]),
    [
      ['api_key.revoked', 'admin_token'],
      ['api_key.created', 'admin_token'],
    ],
  )
  assert.ok(!JSON.stringify(events).includes(key))
})

test('the same rules as for the person, and nobody’s keys but this user’s', async (t) => {
  const { server, user, api, make } = await setUp(t)
  const other = await server.user()
  const { id } = (await make()).body

  const refused = await make({ scopes: ['NOTHING'] })
  assert.deepEqual([refused.status, refused.body.errors[0].field], [400, 'scopes'])
  assert.equal((await make({ account_id: other.id })).status, 400) // A157
  assert.equal((await api('DELETE', `${other.id}/api-keys/${id}`)).status, 404) // A158
  assert.equal((await api('GET', `${randomUUID()}/api-keys`)).status, 404)
  assert.equal((await api('GET', `${user.id}/api-keys`)).body.items.length, 1)
})

test('the keys of a disabled user stop at once, and work again with the user', async (t) => {
  const { user, api, make, me } = await setUp(t)
  const { key } = (await make()).body

  await api('PATCH', user.id, { is_active: false })
  assert.equal((await me(key)).status, 401)
  await api('PATCH', user.id, { is_active: true })
  assert.equal((await me(key)).status, 200)
  await api('DELETE', user.id)
  assert.equal((await me(key)).status, 401)
})

test('the command line makes, lists and revokes keys of a user', async (t) => {
  const { server, user, me } = await setUp(t)
  const run = async (...args: string[]) => {
    let out = ''
    const code = await runCli(args, {
      env: { ISSUER: server.url, ADMIN_TOKEN: adminToken },
      out: (line) => {
        out += `${line}\n`
      },
      err: (line) => t.diagnostic(line),
      readInput: async () => '',
    })
    return { code, out }
  }
  const wish = ['--user', user.email, '--name', 'Nightly', '--scope', 'IDENTITY', '--json']

  const { id, key } = JSON.parse((await run('key', 'create', ...wish)).out)

  noteSecrets(key)
  assert.equal((await me(key)).status, 200)
  assert.match((await run('key', 'list', '--user', user.id)).out, /Nightly/)
  assert.equal((await run('key', 'revoke', id, '--user', user.email)).code, 0)
  assert.equal((await me(key)).status, 401)
  assert.match((await run('key', 'list')).out, /ES256/)
})
