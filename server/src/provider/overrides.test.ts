import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import { type ClientMetadata, interactionPolicy, Provider } from 'oidc-provider'
import { createAccount } from '#db/accounts.ts'
import { createClient } from '#db/clients.ts'
import { grantScopes } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { findSessionByUid, type StoredSession, saveSession } from '#db/sessions.ts'
import { testDb } from '#db/testing.ts'
import { consentGrantId } from './grant-ids.ts'
import { overrideLibrary } from './overrides.ts'
import { promptPolicy } from './policy.ts'
import { machineClients } from './store/machine-clients.ts'
import { successorFinder } from './store/successors.ts'
import { successorOf } from './token-ids.ts'

// What the installed oidc-provider does by itself, and what it does with our change: a library that
// no longer needs one, or that has moved what the change hangs on, fails here by that change's name.

const successorKey = Buffer.from('a key of the test')
const findSuccessor = successorFinder([{ id: 'test', key: successorKey }])
const secret = 'agpt_secret_of-the-test'
const secretHash = createHash('sha256').update(secret).digest('base64url')
const redirectUri = 'https://app.example/cb'

const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const signingKey = { ...(await exportJWK(privateKey)), alg: 'ES256' }

interface Library {
  url: string
  provider: Provider
  db: Db
}

/** oidc-provider with its own memory for a store, with our overrides or without. */
async function start(t: TestContext, ours: boolean, client: Partial<ClientMetadata> = {}) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const provider = new Provider(url, {
    clients: [metadata(client)],
    scopes: ['openid', 'email', 'offline_access'],
    jwks: { keys: [signingKey as never] },
    cookies: { keys: ['of the test'] },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
    extraClientMetadata: { properties: ['registered_scopes'] },
    rotateRefreshToken: true,
    findAccount: (_ctx, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    renderError: async (ctx, out) => {
      ctx.body = out
    },
  })
  const db = await testDb(t)
  if (ours) overrideLibrary(provider, { db, findSuccessor, machineClients: machineClients(db) })
  server.on('request', provider.callback())
  return { url, provider, db }
}

const metadata = (fields: Partial<ClientMetadata>): ClientMetadata => ({
  client_id: 'app',
  client_secret: secretHash,
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  id_token_signed_response_alg: 'ES256',
  registered_scopes: ['openid', 'email'],
  ...fields,
})

async function post({ url }: Library, fields: Record<string, string>, presented: string) {
  const body = new URLSearchParams({ client_id: 'app', client_secret: presented, ...fields })
  const response = await fetch(`${url}/token`, { method: 'POST', body })
  return { status: response.status, body: await response.json() }
}

/** Where an authorization request by nobody ends: at the app, or here. */
async function authorize({ url }: Library, fields: Record<string, string> = {}) {
  const query = new URLSearchParams({
    client_id: 'app',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    prompt: 'none',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
    ...fields,
  })
  const response = await fetch(`${url}/auth?${query}`, { redirect: 'manual' })
  const location = response.headers.get('location')
  return location ? Object.fromEntries(new URL(location).searchParams) : undefined
}

const machine = { grant_type: 'client_credentials' }

test('compareSecretHashes: a secret is held against its hash, which is no secret itself', async (t) => {
  const [alone, ours] = [await start(t, false), await start(t, true)]

  assert.equal((await post(alone, machine, secretHash)).status, 200)
  assert.equal((await post(alone, machine, secret)).status, 401)
  assert.equal((await post(ours, machine, secretHash)).status, 401)
  assert.equal((await post(ours, machine, secret)).status, 200)
})

test('compareSecretHashes: several secrets at once are good', async (t) => {
  const other = createHash('sha256').update('other').digest('base64url')
  const ours = await start(t, true, { client_secret: `${other}.${secretHash}` })

  assert.equal((await post(ours, machine, secret)).status, 200)
  assert.equal((await post(ours, machine, 'other')).status, 200)
  assert.equal((await post(ours, machine, 'third')).status, 401)
})

test('prefixTokens: an access token says that it is one', async (t) => {
  const [alone, ours] = [await start(t, false), await start(t, true)]

  const plain = (await post(alone, machine, secretHash)).body.access_token
  const named = (await post(ours, machine, secret)).body.access_token

  assert.match(plain, /^[\w-]{43}$/)
  assert.match(named, /^agpt_xt_m[\w-]{43}$/)
})

async function refreshTokenOf({ provider }: Library): Promise<string> {
  const client = await provider.Client.find('app')
  const grant = new provider.Grant({ accountId: 'ada', clientId: 'app' })
  grant.addOIDCScope('openid')
  const grantId = await grant.save()
  const token = new provider.RefreshToken({
    accountId: 'ada',
    client,
    grantId,
    scope: 'openid',
    gty: 'authorization_code',
  } as never)
  return token.save()
}

test('deriveRefreshTokens: a rotation gives the successor that follows from the old token', async (t) => {
  const [alone, ours] = [await start(t, false), await start(t, true)]

  const [first, second] = [await refreshTokenOf(alone), await refreshTokenOf(ours)]
  const refresh = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token })
  const random = (await post(alone, refresh(first), secretHash)).body.refresh_token
  const derived = (await post(ours, refresh(second), secret)).body.refresh_token

  assert.match(second, /^agpt_rt_[\w-]{43}$/)
  assert.notEqual(random, first)
  assert.notEqual(random, successorOf(first, successorKey))
  assert.equal(derived, successorOf(second, successorKey))
})

async function consentOf(db: Db): Promise<string> {
  const email = `${randomUUID()}@example.com`
  const account = await createAccount(db, {
    email,
    emailKey: email,
    emailVerified: true,
  })
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomUUID()}`,
    name: 'App',
    type: 'web',
    grantTypes: ['authorization_code'],
    redirectUris: [redirectUri],
    scopes: [],
  })
  const by = { accountId: account?.id ?? '', clientRowId: client.id }
  return grantScopes(db, { ...by, scopes: ['openid'] })
}

test('beginFamilies: a code begins a family of its own instead of hanging on the consent', async (t) => {
  for (const ours of [false, true]) {
    const { provider, db } = await start(t, ours)
    const grantId = consentGrantId(await consentOf(db))
    const client = await provider.Client.find('app')
    const save = () =>
      new provider.AuthorizationCode({ accountId: 'ada', client, grantId } as never).save()

    const codes = [await save(), await save()]
    const found = await Promise.all(codes.map((code) => provider.AuthorizationCode.find(code)))

    const grants = new Set(found.map((code) => code?.grantId))
    assert.deepEqual(
      [...grants].map((id) => id?.slice(0, 2)),
      ours ? ['f_', 'f_'] : ['c_'],
    )
  }
})

for (const [uri, type, alone] of [
  ['http://app.example/cb', 'web', true],
  ['http://app.localhost:3000/cb', 'native', false],
  ['https://app.example/cb/../x', 'web', true],
] as const) {
  test(`matchRedirectUris: whether a ${type} app may register ${uri} is our rule`, async (t) => {
    const client: Partial<ClientMetadata> = { redirect_uris: [uri], application_type: type }
    const known = ({ provider }: Library) =>
      provider.Client.find('app').then(
        (found) => found !== undefined,
        () => false,
      )

    assert.equal(await known(await start(t, false, client)), alone)
    assert.equal(await known(await start(t, true, client)), !alone)
  })
}

test('matchRedirectUris: a port is flexible for every type of app', async (t) => {
  const client = { redirect_uris: ['http://127.0.0.1/cb'], application_type: 'web' as const }
  const [alone, ours] = [await start(t, false, client), await start(t, true, client)]
  const redirect_uri = 'http://127.0.0.1:51004/cb'

  assert.equal(await authorize(alone, { redirect_uri }), undefined)
  assert.equal((await authorize(ours, { redirect_uri }))?.error, 'login_required')
  const elsewhere = 'http://127.0.0.1:51004/other'
  assert.equal(await authorize(ours, { redirect_uri: elsewhere }), undefined)
})

test('refuseForeignScopes: a scope that does not exist is named instead of dropped', async (t) => {
  const [alone, ours] = [await start(t, false), await start(t, true)]
  const scope = 'openid NO_SUCH_SCOPE'

  assert.equal((await authorize(alone, { scope }))?.error, 'login_required')
  const refused = await authorize(ours, { scope })
  assert.equal(refused?.error, 'invalid_scope')
  assert.match(refused?.error_description ?? '', /NO_SUCH_SCOPE/)
})

test('refuseForeignScopes: a scope that is not registered is named in the description only', async (t) => {
  const alone = await start(t, false, { scope: 'openid', registered_scopes: undefined })
  const ours = await start(t, true, { registered_scopes: ['openid'] })
  const scope = 'openid email'

  const byLibrary = await authorize(alone, { scope })
  const refused = await authorize(ours, { scope })

  assert.deepEqual([byLibrary?.error, byLibrary?.scope], ['invalid_scope', 'email'])
  assert.doesNotMatch(byLibrary?.error_description ?? '', /email/)
  assert.deepEqual([refused?.error, refused?.scope], ['invalid_scope', undefined])
  assert.match(refused?.error_description ?? '', /email/)
})

const anonymous = (uid: string): StoredSession => ({
  uid,
  accountId: undefined,
  signedInAt: undefined,
  acr: undefined,
  amr: undefined,
  transient: false,
  authorizations: {},
  pendingLogout: undefined,
  lifetime: 60,
})

test('endSessionsWhole: a session ends in all its rows', async (t) => {
  for (const ours of [false, true]) {
    const { provider, db } = await start(t, ours)
    const uid = randomUUID()
    for (const id of ['one', 'two']) await saveSession(db, Buffer.from(uid + id), anonymous(uid))

    const session = Object.assign(new provider.Session(), { uid })
    await session.destroy()

    assert.equal((await findSessionByUid(db, uid)) !== undefined, !ours)
  }
})

/** What is asked after a sign-in was answered: by a browser that has no session of that sign-in. */
async function promptAfterLogin({ url, provider }: Library): Promise<string | undefined> {
  const query = new URLSearchParams({
    client_id: 'app',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const uidIn = (response: Response) => response.headers.get('location')?.split('/').at(-1) ?? ''
  const asked = await fetch(`${url}/auth?${query}`, { redirect: 'manual' })
  const interaction = await provider.Interaction.find(uidIn(asked))
  assert.ok(interaction)
  interaction.result = { login: { accountId: 'ada' } }
  await interaction.save(60)
  const cookie = asked.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const back = await fetch(`${url}/auth/${uidIn(asked)}`, {
    headers: { cookie },
    redirect: 'manual',
  })
  return (await provider.Interaction.find(uidIn(back)))?.prompt.name
}

test('resumeNoEndedSession: a sign-in whose session was ended is asked for again', async (t) => {
  const [alone, ours] = [await start(t, false), await start(t, true)]

  assert.equal(await promptAfterLogin(alone), 'consent')
  assert.equal(await promptAfterLogin(ours), 'login')
})

test('promptPolicy: the checks that ours replace are those of the library', () => {
  const alone = interactionPolicy.base().get('consent')
  const ours = promptPolicy(async () => {}).get('consent')

  for (const reason of ['native_client_prompt', 'op_scopes_missing']) {
    assert.ok(alone?.checks.get(reason), reason)
    assert.equal(ours?.checks.get(reason), undefined)
  }
  assert.ok(ours?.checks.get('scopes_missing'))
})

test('every change to the library has its test here', async () => {
  const read = (name: string) => readFile(join(import.meta.dirname, name), 'utf8')
  const [source, tests] = [await read('overrides.ts'), await read('overrides.test.ts')]

  const names = [...source.matchAll(/^function (\w+)\(library: Library/gm)].map(
    ([, name = '']) => name,
  )

  assert.ok(names.length >= 7)
  for (const name of names) assert.ok(tests.includes(`'${name}: `), name)
})
