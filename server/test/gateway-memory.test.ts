import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '#db/database.ts'
import { migrate } from '#db/migrate.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { apiKeyFor } from './gateway.ts'
import { issueToken } from './gateway-tokens.ts'
import {
  adminToken,
  codeFor,
  exchange,
  password,
  post,
  refresh,
  secretKey,
  startServer,
  type TestClient,
  type TestServer,
  type TestUser,
  tokensFor,
} from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const scope = 'openid IDENTITY READ_GRAPH'

const call = async (to: TestServer, headers: Record<string, string>) =>
  (await send(to, '/external-api/v2/graphs', { headers })).status

const admin = (to: TestServer, method: string, path: string, body?: object) =>
  send(to, `/api/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

interface Given {
  client: TestClient
  user: TestUser
  access: string
  refreshToken: string
  key: { id: string; key: string }
}

async function given(on = server): Promise<Given> {
  const [client, user] = [await on.client(), await on.user()]
  const tokens = await tokensFor(on, client, user, { scope })
  const key = await apiKeyFor(on, user, ['READ_GRAPH', 'READ_RUN'])
  return {
    client,
    user,
    access: tokens.access_token ?? '',
    refreshToken: tokens.refresh_token ?? '',
    key,
  }
}

async function account(user: TestUser, path: string) {
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  return { visitor, page: await visitor.go(path) }
}

async function patchKey(user: TestUser, id: string, body: object) {
  const { visitor } = await account(user, '/account')
  await visitor.fetch(`/api/api-keys/${id}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', origin: server.url },
  })
}

test('a busy caller costs a question a second, and not one for each call', async () => {
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'] })
  const before = server.db.stats().statements

  const statuses = await Promise.all(Array.from({ length: 50 }, () => call(server, bearer(value))))
  for (let calls = 0; calls < 50; calls++) statuses.push(await call(server, bearer(value)))

  assert.deepEqual(new Set(statuses), new Set([200]))
  const asked = server.db.stats().statements - before
  assert.ok(asked < 25, `${asked} statements`)
})

test('who is refused is asked about at every call: a token that begins to live is not kept waiting', async () => {
  const { user, key } = await given()
  const later = { 'x-api-key': key.key }
  await server.db.query('update api_keys set suspended_at = now() where id = $1', [key.id])
  assert.equal(await call(server, later), 401)

  await server.db.query('update api_keys set suspended_at = null where account_id = $1', [user.id])

  assert.equal(await call(server, later), 200)
})

interface Change {
  name: string
  change(given: Given): Promise<unknown>
  tokenThen: number
  keyThen: number
}

const changes: Change[] = [
  {
    name: 'its token revoked',
    change: ({ client, access }) => post(server, '/api/oauth/revoke', { token: access }, client),
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'its refresh token revoked',
    change: ({ client, refreshToken }) =>
      post(server, '/api/oauth/revoke', { token: refreshToken }, client),
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'its refresh token used again',
    change: async ({ client, refreshToken }) => {
      const next = await refresh(server, client, refreshToken)
      await refresh(server, client, next.body.refresh_token)
      await refresh(server, client, refreshToken)
    },
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'its app disabled',
    change: ({ client }) => admin(server, 'PATCH', `/apps/${client.id}`, { is_active: false }),
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'a scope of its app taken away',
    change: ({ client }) => admin(server, 'PATCH', `/apps/${client.id}`, { scopes: ['IDENTITY'] }),
    tokenThen: 403,
    keyThen: 200,
  },
  {
    name: 'its app deleted',
    change: ({ client }) => admin(server, 'DELETE', `/apps/${client.id}`),
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'its person disabled',
    change: ({ user }) => admin(server, 'PATCH', `/users/${user.id}`, { is_active: false }),
    tokenThen: 401,
    keyThen: 401,
  },
  {
    name: 'its person deleted',
    change: ({ user }) => admin(server, 'DELETE', `/users/${user.id}`),
    tokenThen: 401,
    keyThen: 401,
  },
  {
    name: 'its consent narrowed',
    change: async ({ user }) => {
      const { visitor, page } = await account(user, '/account/apps')
      await visitor.submit(page, { scope: ['openid', 'IDENTITY'], action: 'narrow' })
    },
    tokenThen: 403,
    keyThen: 200,
  },
  {
    name: 'its consent removed',
    change: async ({ user }) => {
      const { visitor, page } = await account(user, '/account/apps')
      await visitor.submit(page, { action: 'remove' })
    },
    tokenThen: 401,
    keyThen: 200,
  },
  {
    name: 'its key revoked',
    change: ({ user, key }) => admin(server, 'DELETE', `/users/${user.id}/api-keys/${key.id}`),
    tokenThen: 200,
    keyThen: 401,
  },
  {
    name: 'its key narrowed',
    change: ({ user, key }) => patchKey(user, key.id, { scopes: ['READ_RUN'] }),
    tokenThen: 200,
    keyThen: 403,
  },
  {
    name: 'its key suspended',
    change: ({ user, key }) => patchKey(user, key.id, { is_active: false }),
    tokenThen: 200,
    keyThen: 401,
  },
]

// Contract, section 3: "at once".
for (const { name, change, tokenThen, keyThen } of changes) {
  test(`with ${name}, the next call is answered so`, async () => {
    const before = await given()
    const [token, key] = [bearer(before.access), { 'x-api-key': before.key.key }]
    assert.deepEqual([await call(server, token), await call(server, key)], [200, 200])

    await change(before)

    assert.deepEqual([await call(server, token), await call(server, key)], [tokenThen, keyThen])
  })
}

test('a code used twice ends what the first use began, at the next call', async () => {
  const [client, user] = [await server.client(), await server.user()]
  const code = await codeFor(server, client, user, { scope })
  const { body } = await exchange(server, client, code)
  const token = bearer(body.access_token)
  assert.equal(await call(server, token), 200)
  await server.db.query(
    `update authorization_codes set consumed_at = consumed_at - interval '10 seconds'`,
  )

  assert.equal((await exchange(server, client, code)).status, 400)

  assert.equal(await call(server, token), 401)
})

test('a token is refused when its time is over, however busy it is', async () => {
  const expiresAt = new Date(Date.now() + 700)
  const { value } = await issueToken(server, { scopes: ['READ_GRAPH'], expiresAt })
  assert.equal(await call(server, bearer(value)), 200)

  await sleep(expiresAt.getTime() - Date.now() + 5)

  assert.equal(await call(server, bearer(value)), 401)
})

test('what is taken away in the database itself is gone within a second', async () => {
  const { value, consentId } = await issueToken(server, { scopes: ['READ_GRAPH'] })
  assert.equal(await call(server, bearer(value)), 200)

  await server.db.query('delete from consents where id = $1', [consentId])
  await sleep(1_000)

  assert.equal(await call(server, bearer(value)), 401)
})

const nodes = { skip: testEngine === 'pglite' && 'several nodes on one database' }

test('what one node takes away the others hear of', nodes, async (t) => {
  const databaseUrl = await testDatabaseUrl(t)
  const env = { DATABASE_URL: databaseUrl, SECRET_KEY: secretKey }
  const open = async () => {
    const db = await openDatabase({ databaseUrl, dataDir: '' })
    t.after(() => db.close())
    return db
  }
  const db = await open()
  await migrate(db)
  const one = await startServer(t, env, { db })
  const two = await startServer(t, { ...env, ISSUER: one.url }, { db: await open() })
  for (const { app } of [one, two]) app.joinOthers()
  const { access, client } = await given(one)
  // The second node answers under the first one's name.
  const token = { ...bearer(access), host: new URL(one.url).host }
  await sleep(500)
  const windows = 5

  const seen: number[] = []
  for (let window = 0; window < windows; window++) {
    await admin(one, 'PATCH', `/apps/${client.id}`, { is_active: true })
    await sleep(50)
    assert.equal(await call(two, token), 200)
    await admin(one, 'PATCH', `/apps/${client.id}`, { is_active: false })
    await sleep(50)
    seen.push(await call(two, token))
  }

  assert.deepEqual(seen, new Array(windows).fill(401))
})
