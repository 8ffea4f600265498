import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { type ApiAnswer, startAdminServer } from './admin-server.ts'

const valid = {
  name: 'My App',
  redirect_uris: ['https://app.example/cb'],
  scopes: ['IDENTITY', 'READ_GRAPH'],
}

const fieldsOf = ({ body }: ApiAnswer): string[] =>
  body.errors.map(({ field }: { field: string }) => field)

test('a web app gets a secret once, defaults, and its registration repeated', async (t) => {
  const { api } = await startAdminServer(t)

  const created = await api('POST', '/api/admin/apps', valid)

  assert.equal(created.status, 201)
  const { client_secret: secret, ...app } = created.body
  assert.match(secret, /^agpt_secret_[\w-]{43}$/)
  assert.match(app.client_id, /^agpt_client_[\w-]{22}$/)
  const { id, client_id, created_at, updated_at, ...rest } = app
  assert.deepEqual(rest, {
    name: 'My App',
    description: '',
    type: 'web',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['https://app.example/cb'],
    post_logout_redirect_uris: [],
    allowed_origins: ['https://app.example'],
    scopes: ['IDENTITY', 'READ_GRAPH'],
    optional_scopes: [],
    website: null,
    logo_url: null,
    privacy_url: null,
    terms_url: null,
    owner: null,
    id_token_signed_response_alg: 'ES256',
    access_token_format: 'opaque',
    require_pkce: true,
    resource_server: false,
    requests_per_minute: null,
    is_active: true,
    approved: true,
  })
  assert.deepEqual((await api('GET', `/api/admin/apps/${id}`)).body, app)
  const list = await api('GET', '/api/admin/apps')
  assert.deepEqual(list.body, { items: [app], next_cursor: null })
})

test('the database keeps no secret that a thief could present', async (t) => {
  const { api, db } = await startAdminServer(t)

  const { body } = await api('POST', '/api/admin/apps', valid)

  const { rows } = await db.query(
    'select c::text || s::text as all from clients c, client_secrets s',
  )
  assert.equal(rows.length, 1)
  assert.ok(!JSON.stringify(rows).includes(body.client_secret.slice(12, 40)))
})

suite('types', () => {
  const types = [
    ['web', 'web', true],
    ['confidential', 'web', true],
    ['spa', 'spa', false],
    ['public', 'spa', false],
    ['native', 'native', false],
    ['machine', 'machine', true],
  ] as const
  for (const [sent, answered, hasSecret] of types) {
    test(`${sent} is ${answered}, ${hasSecret ? 'with' : 'without'} a secret`, async (t) => {
      const { api } = await startAdminServer(t)
      const app = { ...valid, type: sent, ...(sent === 'machine' && { redirect_uris: undefined }) }

      const { status, body } = await api('POST', '/api/admin/apps', app)

      assert.equal(status, 201)
      assert.equal(body.type, answered)
      assert.equal('client_secret' in body, hasSecret)
    })
  }

  test('a public app with a scheme of its own is native', async (t) => {
    const { api } = await startAdminServer(t)
    const app = { ...valid, type: 'public', redirect_uris: ['com.example.app:/cb'] }

    const { body } = await api('POST', '/api/admin/apps', app)

    assert.equal(body.type, 'native')
    assert.deepEqual(body.allowed_origins, [])
  })

  test('a machine has client credentials and nothing to send people back to', async (t) => {
    const { api } = await startAdminServer(t)
    const machine = { name: 'Job', type: 'machine', scopes: ['READ_STORE'] }

    const { body } = await api('POST', '/api/admin/apps', machine)
    const refused = await api('POST', '/api/admin/apps', { ...valid, type: 'machine' })

    assert.deepEqual(body.grant_types, ['client_credentials'])
    assert.deepEqual(fieldsOf(refused), ['redirect_uris'])
  })
})

suite('what is refused names the field', () => {
  const refused: [why: string, change: object, field: string][] = [
    ['no name', { name: undefined }, 'name'],
    ['an empty name', { name: '  ' }, 'name'],
    ['an invisible name', { name: '\u200b\u2060' }, 'name'],
    ['101 characters', { name: 'x'.repeat(101) }, 'name'],
    ['a NUL, A155', { name: 'a\0b' }, 'name'],
    ['half a surrogate pair, A155', { name: 'a\ud800' }, 'name'],
    ['a name that is no text', { name: { $gt: '' } }, 'name'],
    ['no scopes', { scopes: undefined }, 'scopes'],
    ['a scope that does not exist', { scopes: ['IDENTITY', 'ROOT'] }, 'scopes'],
    ['a NUL in a scope', { scopes: ['IDENTITY\0'] }, 'scopes'],
    ['scopes as text', { scopes: 'IDENTITY' }, 'scopes'],
    [
      'an optional scope that is not among them',
      { optional_scopes: ['RUN_AGENT'] },
      'optional_scopes',
    ],
    ['no redirect URI', { redirect_uris: [] }, 'redirect_uris'],
    ['a missing redirect URI', { redirect_uris: undefined }, 'redirect_uris'],
    ['plain http, A10', { redirect_uris: ['http://app.example/cb'] }, 'redirect_uris'],
    ['a script, A13', { redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
    ['a scheme for a web app, A13', { redirect_uris: ['com.example.app:/cb'] }, 'redirect_uris'],
    ['a wildcard, A19', { redirect_uris: ['https://*.app.example/cb'] }, 'redirect_uris'],
    ['a fragment, A5', { redirect_uris: ['https://app.example/cb#'] }, 'redirect_uris'],
    ['a password, A6', { redirect_uris: ['https://a:b@app.example/cb'] }, 'redirect_uris'],
    [
      'one too long, A18',
      { redirect_uris: [`https://a.example/${'a'.repeat(2048)}`] },
      'redirect_uris',
    ],
    [
      'too many, A18',
      { redirect_uris: [...Array(21).keys()].map((n) => `https://a.example/${n}`) },
      'redirect_uris',
    ],
    [
      'a wild logout address',
      { post_logout_redirect_uris: ['https://*/x'] },
      'post_logout_redirect_uris',
    ],
    ['an origin with a path', { allowed_origins: ['https://app.example/'] }, 'allowed_origins'],
    ['any origin', { allowed_origins: ['*'] }, 'allowed_origins'],
    ['a script as website, A127', { website: 'javascript:alert(1)' }, 'website'],
    ['data as logo, A127', { logo_url: 'data:image/svg+xml,x' }, 'logo_url'],
    ['plain http terms', { terms_url: 'http://app.example/terms' }, 'terms_url'],
    ['a password in an address', { privacy_url: 'https://a:b@app.example/' }, 'privacy_url'],
    ['an unknown type', { type: 'desktop' }, 'type'],
    ['a public app without PKCE', { type: 'spa', require_pkce: false }, 'require_pkce'],
    [
      'client credentials of a public app',
      { type: 'spa', grant_types: ['authorization_code', 'client_credentials'] },
      'grant_types',
    ],
    [
      'refresh tokens from nothing',
      { grant_types: ['refresh_token', 'client_credentials'] },
      'grant_types',
    ],
    ['no grant type', { grant_types: [] }, 'grant_types'],
    ['another grant type', { grant_types: ['password'] }, 'grant_types'],
    ['an owner who is not there', { owner: randomUUID() }, 'owner'],
    ['an owner who is no id', { owner: "' or 1=1--" }, 'owner'],
    ['a profile to come', { profile: 'fapi2' }, 'profile'],
    ['a token format to come', { access_token_format: 'jwt' }, 'access_token_format'],
    ['no calls at all', { requests_per_minute: 0 }, 'requests_per_minute'],
    ['a truth that is text', { resource_server: 'true' }, 'resource_server'],
    // A157
    ...[
      'client_secret',
      'client_id',
      'id',
      'created_at',
      'is_admin',
      'skip_consent',
      'owner_id',
      'first_party',
      'allowed_scopes',
      'constructor',
      'is_active',
    ].map((name): [string, object, string] => [`${name}, A157`, { [name]: 'x' }, name]),
  ]

  test('field by field', async (t) => {
    const { api } = await startAdminServer(t)

    for (const [why, change, field] of refused) {
      const answer = await api('POST', '/api/admin/apps', { ...valid, ...change })
      assert.equal(answer.status, 400, why)
      assert.deepEqual([...new Set(fieldsOf(answer))], [field], why)
      assert.equal(answer.body.status, 400)
    }
    const { body } = await api('GET', '/api/admin/apps')
    assert.deepEqual(body.items, [])
  })

  test('all problems at once', async (t) => {
    const { api } = await startAdminServer(t)

    const answer = await api('POST', '/api/admin/apps', { name: '', website: 'x', surprise: 1 })

    const fields = [...new Set(fieldsOf(answer))]
    assert.deepEqual(fields.sort(), ['name', 'scopes', 'surprise', 'website'])
  })

  test('advice says what to change, for each address', async (t) => {
    const { api } = await startAdminServer(t)
    const redirect_uris = ['http://app.example/cb', 'https://app.example/cb#']

    const { body } = await api('POST', '/api/admin/apps', { ...valid, redirect_uris })

    assert.match(body.errors[0].message, /"http:\/\/app.example\/cb": Use https/)
    assert.match(body.errors[1].message, /Remove the #/)
  })
})

// A146, A147, A154, A156
test('a body that is not acceptable JSON is refused, and nothing is polluted', async (t) => {
  const { api } = await startAdminServer(t)
  const bodies = [
    '',
    '[]',
    'null',
    '"x"',
    '{"a":"',
    '\ufeff{}',
    '{"name":"a","name":"b"}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
    `{"name":1e400}`,
    `{${[...Array(5000).keys()].map((n) => `"k${n}":1`).join()}}`,
  ]

  for (const body of bodies) {
    const { status } = await api('POST', '/api/admin/apps', body)
    assert.equal(status, 400, body.slice(0, 40))
  }
  const big = await api('POST', '/api/admin/apps', { ...valid, name: 'x'.repeat(57 * 1024) })
  assert.equal(big.status, 413)
  assert.equal(({} as Record<string, unknown>).admin, undefined)
})

test('people’s own words are kept as they are', async (t) => {
  // A127: escaping is for the pages that show them
  const { api } = await startAdminServer(t)
  const name = `<script>alert(1)</script> "O'Brien" {{7*7}} \u2028 👩‍🚀 ${'🙂'.repeat(40)}`

  const { body } = await api('POST', '/api/admin/apps', { ...valid, name: ` ${name} ` })

  assert.equal(body.name, name)
})

test('identity scopes are tolerated, doubles are dropped', async (t) => {
  const { api } = await startAdminServer(t)
  const scopes = ['openid', 'IDENTITY', 'IDENTITY', 'offline_access']

  const { status, body } = await api('POST', '/api/admin/apps', { ...valid, scopes })

  assert.equal(status, 201)
  assert.deepEqual(body.scopes, ['openid', 'IDENTITY', 'offline_access'])
})

test('anybody may see an app’s card, as long as the app is active', async (t) => {
  const { api, url } = await startAdminServer(t)
  const { body: app } = await api('POST', '/api/admin/apps', {
    ...valid,
    logo_url: 'https://a.example/l.png',
  })

  const card = await fetch(`${url}/api/oauth/app/${app.client_id}`)

  assert.deepEqual(await card.json(), {
    name: 'My App',
    description: '',
    logo_url: 'https://a.example/l.png',
    scopes: ['IDENTITY', 'READ_GRAPH'],
    verified: true,
  })
  await api('PATCH', `/api/admin/apps/${app.id}`, { is_active: false })
  for (const id of [app.client_id, 'agpt_client_nobody', app.id, '%00', '%zz', 'x'.repeat(5000)]) {
    const { status } = await fetch(`${url}/api/oauth/app/${id}`)
    assert.ok([400, 404].includes(status), `${id.slice(0, 40)}: ${status}`)
  }
})
