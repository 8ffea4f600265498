import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import {
  adminToken,
  introspect,
  password,
  refresh,
  startServer,
  type TestServer,
  tokensFor,
} from './harness.ts'
import { bearer, send } from './requests.ts'

const administer = (server: TestServer, method: string, path: string, body?: object) =>
  send(server, `/api/admin/${path}`, {
    method,
    headers: { ...bearer(adminToken), 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

async function signedIn(server: TestServer, roles: string[]) {
  const visitor = server.visitor()
  const user = await server.user({ roles })
  const page = await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  assert.equal(new URL(page.url).pathname, '/account', page.text.slice(0, 500))
  return { visitor, user }
}

suite('an administrator’s session', () => {
  test('opens the pages and, for their own requests, the API', async (t) => {
    const server = await startServer(t)
    const { visitor } = await signedIn(server, ['admin'])
    const change = (headers: Record<string, string>) =>
      visitor.fetch('/api/admin/users', {
        method: 'POST',
        body: JSON.stringify({ email: 'ada@example.com' }),
        headers: { 'content-type': 'application/json', ...headers },
      })

    assert.equal((await visitor.go('/admin')).status, 200)
    assert.equal((await visitor.fetch('/api/admin/users')).status, 200)
    // A159, A87
    assert.equal((await change({})).status, 403)
    assert.equal((await change({ origin: 'https://evil.test' })).status, 403)
    assert.equal((await change({ origin: server.url })).status, 201)
  })

  test('is not had by other people', async (t) => {
    const server = await startServer(t)
    const { visitor } = await signedIn(server, [])

    const page = await visitor.fetch('/admin')

    assert.deepEqual([page.status, page.headers.get('location')], [403, null])
    assert.equal((await visitor.fetch('/api/admin/users')).status, 403)
    assert.equal(
      (await server.visitor().fetch('/admin')).headers.get('location'),
      '/to/admin/login',
    )
  })

  test('is told to other people by name, with two ways on', async (t) => {
    const server = await startServer(t)
    const { visitor, user } = await signedIn(server, [])
    const admin = await server.user({ roles: ['admin'] })

    for (const path of ['/admin', '/admin/apps/new']) {
      const page = await visitor.go(path)
      assert.equal(page.status, 403)
      assert.ok(page.html.querySelector('main')?.text.includes(user.email))
      assert.ok(page.html.querySelector('main a[href="/account"]'))
    }
    const form = 'form[action="/to/new-app/use-another-account"]'
    const login = await visitor.submit(await visitor.go('/admin/apps/new'), {}, { form })
    const end = await visitor.submit(login, { email: admin.email, password })

    assert.deepEqual([end.status, end.url], [200, `${server.url}/admin/apps/new`])
  })

  test('a program is answered the refusal as a problem document', async (t) => {
    const server = await startServer(t)
    const { visitor } = await signedIn(server, [])

    const answer = await visitor.fetch('/admin', { headers: { accept: 'application/json' } })

    assert.equal(answer.status, 403)
    assert.match(answer.headers.get('content-type') ?? '', /problem\+json/)
    assert.match(await answer.text(), /forbidden/)
  })

  test('ends when the role is taken away', async (t) => {
    const server = await startServer(t)
    await server.user({ roles: ['admin'] })
    const { visitor, user } = await signedIn(server, ['admin'])

    await administer(server, 'PATCH', `users/${user.id}`, { roles: [] })

    assert.equal((await visitor.fetch('/admin')).headers.get('location'), '/to/admin/login')
    assert.equal((await visitor.fetch('/api/admin/users')).status, 401)
  })
})

// A159
test('an app’s token is refused, though an administrator signed in with it', async (t) => {
  const server = await startServer(t)
  const admin = await server.user({ roles: ['admin'] })
  const tokens = await tokensFor(server, await server.client(), admin)

  const { status } = await send(server, '/api/admin/apps', { headers: bearer(tokens.access_token) })

  assert.equal(status, 403)
})

suite('at once', () => {
  test('a disabled app’s tokens are dead everywhere, and live again when it is enabled', async (t) => {
    const server = await startServer(t)
    const client = await server.client()
    const observer = await server.client({ resourceServer: true })
    const tokens = await tokensFor(server, client, await server.user())
    const me = async () =>
      (await send(server, '/external-api/v1/me', { headers: bearer(tokens.access_token) })).status
    assert.equal(await me(), 200)

    await administer(server, 'PATCH', `apps/${client.id}`, { is_active: false })

    assert.equal(await me(), 401)
    const seen = await introspect(server, observer, tokens.access_token ?? '')
    assert.deepEqual(seen.body, { active: false })
    const refreshed = await refresh(server, client, tokens.refresh_token ?? '')
    assert.deepEqual([refreshed.status, refreshed.body.error], [401, 'invalid_client'])
    await administer(server, 'PATCH', `apps/${client.id}`, { is_active: true })
    assert.equal(await me(), 200)
  })

  test('a scope that an app loses is gone from its tokens, and from those that follow', async (t) => {
    const server = await startServer(t)
    const [client, user] = [await server.client(), await server.user()]
    const tokens = await tokensFor(server, client, user, { scope: 'IDENTITY READ_GRAPH' })

    await administer(server, 'PATCH', `apps/${client.id}`, { scopes: ['IDENTITY'] })

    const answer = await introspect(server, client, tokens.access_token ?? '')
    assert.deepEqual(answer.body.scopes, ['IDENTITY'])
    const next = await refresh(server, client, tokens.refresh_token ?? '')
    assert.deepEqual(next.body.scopes, ['IDENTITY'])
  })

  test('a disabled person’s sessions and tokens are dead, and stay so', async (t) => {
    const server = await startServer(t)
    const client = await server.client()
    const { visitor, user } = await signedIn(server, [])
    const tokens = await tokensFor(server, client, user)
    const path = `users/${user.id}`

    await administer(server, 'PATCH', path, { is_active: false })
    await administer(server, 'PATCH', path, { is_active: true })

    const me = await send(server, '/external-api/v1/me', { headers: bearer(tokens.access_token) })
    assert.equal(me.status, 401)
    const refreshed = await refresh(server, client, tokens.refresh_token ?? '')
    assert.deepEqual([refreshed.status, refreshed.body.error], [400, 'invalid_grant'])
    assert.equal((await visitor.fetch('/account')).status, 303)
  })

  test('a second secret works beside the first until that is removed', async (t) => {
    const server = await startServer(t)
    const { body: app } = await administer(server, 'POST', 'apps', {
      name: 'Job',
      type: 'machine',
      scopes: ['READ_STORE'],
    })
    const login = async (client_secret: string) => {
      const fields = { grant_type: 'client_credentials', client_id: app.client_id, client_secret }
      const init = { method: 'POST', body: new URLSearchParams(fields) }
      return (await send(server, '/api/oauth/token', init)).status
    }
    const secrets = `apps/${app.id}/secrets`

    const { body: second } = await administer(server, 'POST', secrets)
    assert.deepEqual(
      [await login(app.client_secret), await login(second.client_secret)],
      [200, 200],
    )
    const { body: list } = await administer(server, 'GET', secrets)
    await administer(server, 'DELETE', `${secrets}/${list.items[0].id}`)

    assert.deepEqual(
      [await login(app.client_secret), await login(second.client_secret)],
      [401, 200],
    )
  })
})

test('somebody whom an administrator created chooses a password and signs in', async (t) => {
  const server = await startServer(t)
  const { body } = await administer(server, 'POST', 'users', { email: 'ada@example.com' })
  const visitor = server.visitor()

  const page = await visitor.go(body.set_up_link)
  const done = await visitor.submit(page, { password })

  assert.ok(done.status < 400, done.text.slice(0, 300))
  const fresh = server.visitor()
  const account = await fresh.submit(await fresh.go('/login'), {
    email: 'ada@example.com',
    password,
  })
  assert.equal(new URL(account.url).pathname, '/account')
})
