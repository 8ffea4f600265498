import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { runCli } from '../src/cli/program.ts'
import { adminToken, answerOf, password, startServer } from './harness.ts'
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

async function asOwner({
  server,
  user,
}: Pick<Awaited<ReturnType<typeof setUp>>, 'server' | 'user'>) {
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  const headers = { origin: server.url, 'content-type': 'application/json' }
  const call = async (method: string, path: string, body: object = {}) =>
    answerOf(
      await visitor.fetch(`/api/api-keys/${path}`, {
        method,
        body: JSON.stringify(body),
        headers: { ...headers, accept: 'application/json', 'sec-fetch-site': 'same-origin' },
      }),
    )
  return { visitor, call }
}

test('an administrator renames, narrows and limits a key, and ends the limit', async (t) => {
  const { server, user, api, make } = await setUp(t)
  const { id } = (await make({ scopes: ['IDENTITY', 'READ_RUN'] })).body
  const change = (fields: object) => api('PATCH', `${user.id}/api-keys/${id}`, fields)

  const wish = { name: 'Weekly', scopes: ['IDENTITY'], requests_per_minute: 10 }
  const { status, body } = await change(wish)

  assert.equal(status, 200)
  const { name, scopes, requests_per_minute } = body
  assert.deepEqual({ name, scopes, requests_per_minute }, wish)
  const owner = await asOwner({ server, user })
  const raised = await owner.call('PATCH', id, { requests_per_minute: 11 })
  assert.deepEqual([raised.status, raised.body.errors[0].field], [400, 'requests_per_minute'])
  assert.equal((await change({ requests_per_minute: 20 })).body.requests_per_minute, 20)
  assert.equal((await change({ requests_per_minute: null })).body.requests_per_minute, null)
  assert.equal((await change({ scopes: ['IDENTITY', 'READ_RUN'] })).status, 400) // A165
  assert.equal((await change({})).status, 400)
  assert.equal((await change({ account_id: user.id })).status, 400) // A157
  const [event] = await listEvents(server.db, { limit: 1, kind: 'api_key.updated' })
  assert.equal(event?.actorType, 'admin_token')
  const other = await server.user()
  assert.equal((await api('PATCH', `${other.id}/api-keys/${id}`, { name: 'x' })).status, 404) // A158
})

test('what an administrator suspended only an administrator lets work again', async (t) => {
  const { server, user, api, make, me } = await setUp(t)
  const { id, key } = (await make()).body
  const owner = await asOwner({ server, user })
  const suspended = await api('PATCH', `${user.id}/api-keys/${id}`, { is_active: false })
  assert.deepEqual([suspended.body.is_active, suspended.body.is_held], [false, true])

  const refused = await owner.call('PATCH', id, { is_active: true })
  const successor = await owner.call('POST', `${id}/rotate`)
  noteSecrets(successor.body.key)
  const again = await owner.call('PATCH', successor.body.id, { is_active: true })

  assert.deepEqual([refused.status, again.status], [409, 409])
  assert.match(refused.body.detail, /An administrator suspended this key/)
  assert.deepEqual([(await me(key)).status, (await me(successor.body.key)).status], [401, 401])
  const page = await owner.visitor.go('/account/api-keys')
  assert.match(page.text, /Suspended by an administrator/)
  assert.equal(page.html.querySelector('button[value="resume"]'), null)
  const resumed = await api('PATCH', `${user.id}/api-keys/${id}`, { is_active: true })
  assert.deepEqual([resumed.body.is_active, resumed.body.is_held], [true, false])
  assert.equal((await me(key)).status, 200)
  assert.equal((await owner.call('PATCH', id, { is_active: false })).body.is_held, false)
  assert.equal((await owner.call('PATCH', id, { is_active: true })).status, 200)
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

test('the command line makes, changes, lists and revokes keys of a user', async (t) => {
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
  const of = ['--user', user.id]
  const changed = ['--name', 'Weekly', '--requests-per-minute', '7']
  assert.match((await run('key', 'update', id, ...of, ...changed)).out, /requests_per_minute +7/)
  const unlimited = await run('key', 'update', id, ...of, '--requests-per-minute', '', '--json')
  assert.equal(JSON.parse(unlimited.out).requests_per_minute, null)
  assert.equal((await run('key', 'update', id, ...of)).code, 2)
  assert.match((await run('key', 'suspend', id, ...of)).out, /Weekly is suspended/)
  assert.equal((await me(key)).status, 401)
  assert.match((await run('key', 'resume', id, ...of)).out, /Weekly works again/)
  assert.equal((await me(key)).status, 200)
  assert.match((await run('key', 'list', ...of)).out, /Weekly/)
  assert.equal((await run('key', 'revoke', id, '--user', user.email)).code, 0)
  assert.equal((await me(key)).status, 401)
  assert.match((await run('key', 'list')).out, /ES256/)
})
