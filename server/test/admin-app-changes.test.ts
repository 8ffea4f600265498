import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { findAccessToken } from '#db/access-tokens.ts'
import { findRegisteredClient } from '#db/registered-clients.ts'
import { issueMachineToken } from '#db/token-requests.ts'
import { type AdminServer, startAdminServer } from './admin-server.ts'

const valid = { name: 'My App', redirect_uris: ['https://app.example/cb'], scopes: ['IDENTITY'] }

async function serverWithApp(t: Parameters<typeof startAdminServer>[0], fields: object = {}) {
  const server = await startAdminServer(t)
  const { body } = await server.api('POST', '/api/admin/apps', { ...valid, ...fields })
  return { ...server, app: body, path: `/api/admin/apps/${body.id}` }
}

const kinds = async ({ api }: AdminServer, app: string) => {
  const { body } = await api('GET', `/api/admin/audit?app=${app}`)
  return body.items.map(({ kind }: { kind: string }) => kind)
}

suite('a change', () => {
  test('touches what was given and nothing else', async (t) => {
    const { api, app, path } = await serverWithApp(t, { website: 'https://app.example/' })
    const { client_secret: _, ...before } = app

    const { status, body } = await api('PATCH', path, {
      name: 'Other',
      scopes: ['RUN_AGENT', 'IDENTITY'],
      optional_scopes: ['RUN_AGENT'],
      website: null,
      id_token_signed_response_alg: 'RS256',
      require_pkce: false,
    })

    assert.equal(status, 200)
    assert.deepEqual(
      { ...body, updated_at: before.updated_at },
      {
        ...before,
        name: 'Other',
        scopes: ['RUN_AGENT', 'IDENTITY'],
        optional_scopes: ['RUN_AGENT'],
        website: null,
        id_token_signed_response_alg: 'RS256',
        require_pkce: false,
      },
    )
  })

  test('is checked against the whole app', async (t) => {
    const { api, path } = await serverWithApp(t, { optional_scopes: ['IDENTITY'] })

    const narrowed = await api('PATCH', path, { scopes: ['READ_GRAPH'] })
    const emptied = await api('PATCH', path, { redirect_uris: [] })

    assert.equal(narrowed.body.errors[0].field, 'optional_scopes')
    assert.equal(emptied.body.errors[0].field, 'redirect_uris')
  })

  // A157
  test('cannot set what is not for setting', async (t) => {
    const { api, path, app } = await serverWithApp(t)
    const fields = [
      'id',
      'client_id',
      'client_secret',
      'type',
      'created_at',
      'owner_id',
      'verified',
    ]

    for (const field of [...fields, 'skip_consent', 'first_party', 'allowed_scopes', 'profile']) {
      const { status, body } = await api('PATCH', path, { [field]: 'x' })
      assert.deepEqual([status, body.errors[0].field], [400, field])
    }
    const { client_secret: _, ...before } = app
    assert.deepEqual((await api('GET', path)).body, before)
  })

  test('of the redirect URIs takes along the origins that nobody chose', async (t) => {
    const { api, path } = await serverWithApp(t)
    const moved = { redirect_uris: ['https://other.example/cb'] }

    const followed = await api('PATCH', path, moved)
    await api('PATCH', path, { allowed_origins: ['https://chosen.example'] })
    const chosen = await api('PATCH', path, valid)

    assert.deepEqual(followed.body.allowed_origins, ['https://other.example'])
    assert.deepEqual(chosen.body.allowed_origins, ['https://chosen.example'])
  })

  test('by two at a time never breaks what each alone keeps', async (t) => {
    const { api, path } = await serverWithApp(t, { scopes: ['IDENTITY', 'RUN_AGENT'] })

    const answers = await Promise.all([
      api('PATCH', path, { scopes: ['IDENTITY'] }),
      api('PATCH', path, { optional_scopes: ['RUN_AGENT'] }),
    ])

    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
  })

  test('can hand an app to a user and back to the platform', async (t) => {
    const { api, path, admin } = await serverWithApp(t)
    const owner = await admin()

    assert.equal((await api('PATCH', path, { owner })).body.owner, owner)
    assert.equal((await api('GET', `/api/admin/apps?owner=${owner}`)).body.items.length, 1)
    assert.equal((await api('PATCH', path, { owner: null })).body.owner, null)
    assert.equal((await api('GET', `/api/admin/apps?owner=${owner}`)).body.items.length, 0)
  })
})

test('disabling an app stops its tokens and its sign-in at once; enabling lets it in again', async (t) => {
  const { api, path, app, db } = await serverWithApp(t, { type: 'machine', redirect_uris: [] })
  const tokenHash = createHash('sha256').update('agpt_xt_token').digest()
  const now = Math.floor(Date.now() / 1000)
  const times = { issuedAt: now, expiresAt: now + 60 }
  const token = { tokenHash, scope: '', gty: undefined, details: {}, ...times }
  const owner = { clientId: app.client_id, secretHash: undefined, platformScopes: [] }
  assert.equal(await issueMachineToken(db, token, owner), true)

  const disabled = await api('PATCH', path, { is_active: false })

  assert.equal(disabled.body.is_active, false)
  assert.equal(await findAccessToken(db, tokenHash), undefined)
  assert.equal(await findRegisteredClient(db, app.client_id), undefined)
  const enabled = await api('PATCH', path, { is_active: true })
  assert.equal(enabled.body.is_active, true)
  assert.ok(await findRegisteredClient(db, app.client_id))
})

test('an approval can be taken back and given', async (t) => {
  const { api, path } = await serverWithApp(t)

  assert.equal((await api('PATCH', path, { approved: false })).body.approved, false)
  assert.equal((await api('PATCH', path, { approved: true })).body.approved, true)
})

test('a deleted app is gone with all that was its', async (t) => {
  const { api, path, db } = await serverWithApp(t)

  const deleted = await api('DELETE', path)

  assert.deepEqual([deleted.status, deleted.body], [204, ''])
  assert.equal((await api('GET', path)).status, 404)
  assert.equal((await api('DELETE', path)).status, 404)
  const { rows } = await db.query('select id from client_secrets')
  assert.deepEqual(rows, [])
})

suite('secrets', () => {
  test('a second one stands beside the first, and each can go', async (t) => {
    const { api, path, app, db } = await serverWithApp(t)
    const hashes = async () => (await findRegisteredClient(db, app.client_id))?.secretHashes.length

    const added = await api('POST', `${path}/secrets`, {})
    const listed = await api('GET', `${path}/secrets`)

    assert.equal(added.status, 201)
    assert.match(added.body.client_secret, /^agpt_secret_[\w-]{43}$/)
    assert.notEqual(added.body.client_secret, app.client_secret)
    const { client_secret: secret, ...shown } = added.body
    assert.deepEqual(listed.body.items[1], shown)
    assert.equal(shown.hint, secret.slice(-4))
    assert.equal(await hashes(), 2)
    const [first] = listed.body.items
    assert.equal((await api('DELETE', `${path}/secrets/${first.id}`)).status, 204)
    assert.equal((await api('DELETE', `${path}/secrets/${first.id}`)).status, 404)
    assert.equal(await hashes(), 1)
  })

  test('need no body, may expire, and are not endless', async (t) => {
    const { api, path } = await serverWithApp(t)

    const plain = await api('POST', `${path}/secrets`)
    const passing = await api('POST', `${path}/secrets`, { expires_in_days: 30 })
    const wrong = await api('POST', `${path}/secrets`, { expires_in_days: 0 })
    const answers = await Promise.all([1, 2, 3, 4].map(() => api('POST', `${path}/secrets`)))

    assert.equal(plain.body.expires_at, null)
    const days = (Date.parse(passing.body.expires_at) - Date.now()) / 86_400_000
    assert.equal(Math.round(days), 30)
    assert.equal(wrong.body.errors[0].field, 'expires_in_days')
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 201, 409, 409])
  })

  test('are not for public apps', async (t) => {
    const { api, path } = await serverWithApp(t, { type: 'spa' })

    assert.equal((await api('POST', `${path}/secrets`)).status, 409)
  })

  // A158
  test('of one app cannot be reached through another', async (t) => {
    const { api, path } = await serverWithApp(t)
    const { body: other } = await api('POST', '/api/admin/apps', valid)
    const { body: secrets } = await api('GET', `${path}/secrets`)

    const foreign = await api(
      'DELETE',
      `/api/admin/apps/${other.id}/secrets/${secrets.items[0].id}`,
    )

    assert.equal(foreign.status, 404)
    assert.equal((await api('GET', `${path}/secrets`)).body.items.length, 1)
  })
})

// A155, A158
test('an id that is nobody’s, or cannot be one, is not found', async (t) => {
  const { api } = await startAdminServer(t)

  for (const id of [
    randomUUID(),
    '1',
    'x',
    '%00',
    "'%20or%201=1--",
    '..%2fusers',
    'a'.repeat(3000),
  ]) {
    for (const method of ['GET', 'DELETE']) {
      const { status } = await api(method, `/api/admin/apps/${id}`)
      assert.equal(status, 404, `${method} ${id.slice(0, 30)}`)
    }
    const { status } = await api('PATCH', `/api/admin/apps/${id}`, { name: 'x' })
    assert.equal(status, 404, id.slice(0, 30))
  }
})

test('every change leaves an event, a refused one none', async (t) => {
  const server = await serverWithApp(t)
  const { api, path, app } = server
  await api('PATCH', path, { name: 'Other' })
  await api('PATCH', path, { is_active: false })
  await api('PATCH', path, { is_active: true })
  await api('PATCH', path, { redirect_uris: [] })
  const { body: secret } = await api('POST', `${path}/secrets`)
  await api('DELETE', `${path}/secrets/${secret.id}`)
  await api('DELETE', path)

  const { body } = await api('GET', `/api/admin/audit?app=${app.id}`)

  assert.deepEqual(await kinds(server, app.id), [
    'app.deleted',
    'app.secret_removed',
    'app.secret_added',
    'app.enabled',
    'app.disabled',
    'app.updated',
    'app.created',
  ])
  const text = JSON.stringify(body)
  assert.ok(!text.includes(secret.client_secret.slice(0, 40)) && !text.includes(app.client_secret))
})
