import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listEvents } from '#db/audit-events.ts'
import { smtpServer } from '../src/mail/testing.ts'
import { foreignKeysOfAccounts, somebodyEverywhere } from './account-everywhere.ts'
import { adminToken, password, startServer, tokensFor } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'
import type { Visitor } from './visitor.ts'

const server = await sharedServer()
const { db } = server

async function download() {
  const somebody = await somebodyEverywhere(server)
  const page = await downloadBy(somebody.visitor)
  return { ...somebody, page, data: JSON.parse(page.text) }
}

const downloadBy = async (visitor: Visitor) =>
  visitor.submit(await visitor.go('/account'), {}, { form: 'form[action="/account/data.json"]' })

/** Every name in it, but for details of events, which are as they were written. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'details' ? [name] : [name, ...namesIn(inner)],
  )
}

test('what is kept about a person is theirs to download, in one spelling', async () => {
  const { user, own, page, data } = await download()

  assert.match(page.headers.get('content-disposition') ?? '', /attachment; filename=/)
  assert.equal(page.headers.get('cache-control'), 'no-store')
  for (const name of namesIn(data)) assert.match(name, /^[a-z]+(_[a-z]+)*$/)
  assert.equal(data.account.email, user.email)
  assert.equal(data.account.timezone, 'Europe/London')
  const [app] = data.connected_apps
  assert.equal(app.name, 'Test App')
  assert.deepEqual(Object.keys(app.scopes[0]).sort(), ['granted_at', 'last_used_at', 'name'])
  const kinds = data.sign_ins_to_apps.flatMap(({ tokens }: { tokens: { kind: string }[] }) =>
    tokens.map(({ kind }) => kind),
  )
  assert.deepEqual(new Set(kinds), new Set(['code', 'access', 'refresh']))
  assert.deepEqual(data.api_keys[0].scopes, ['IDENTITY'])
  assert.ok('last_used_at' in data.api_keys[0])
  const browsers = data.sessions.map((one: { user_agent: string }) => one.user_agent)
  assert.ok(browsers.includes(`Browser of ${user.id}`))
  const apps = data.own_apps.map(({ name }: { name: string }) => name)
  assert.ok(apps.includes(own.name))
  assert.ok(data.own_apps.some(({ secrets }: { secrets: object[] }) => secrets.length > 0))
  const purposes = data.mailed_links_and_codes.map(({ purpose }: { purpose: string }) => purpose)
  assert.deepEqual(new Set(purposes), new Set(['change_email', 'sign_up']))
  assert.ok(data.events.some(({ kind }: { kind: string }) => kind === 'consent.granted'))
})

/** Where in the file a row of each table is; empty: what it has of the person is a secret. */
const shownIn: Record<string, string> = {
  accounts: 'account',
  consents: 'connected_apps',
  consent_scopes: 'connected_apps',
  consent_notices: '',
  token_families: 'sign_ins_to_apps',
  authorization_codes: 'sign_ins_to_apps',
  access_tokens: 'sign_ins_to_apps',
  refresh_tokens: 'sign_ins_to_apps',
  api_keys: 'api_keys',
  sessions: 'sessions',
  session_devices: 'sessions',
  clients: 'own_apps',
  client_secrets: 'own_apps',
  email_challenges: 'mailed_links_and_codes',
}

test('every table that hangs on an account is in it', async () => {
  const { data } = await download()
  const tables = (await foreignKeysOfAccounts(db)).map(({ child }) => child)

  assert.deepEqual(new Set(Object.keys(shownIn)), new Set(['accounts', ...tables]))
  for (const member of Object.values(shownIn)) {
    if (member) assert.ok(Object.keys(data[member]).length > 0, member)
  }
})

test('no secret is in it, and nothing of anybody else', async () => {
  const { user, page } = await download()
  const other = await somebodyEverywhere(server)
  const again = await downloadBy(other.visitor)

  const { rows } = await db.query<Record<string, unknown>>(
    `select a.password_hash, s.uid, encode(s.session_hash, 'hex') as session,
            encode(k.key_hash, 'hex') as key, encode(e.link_hash, 'hex') as link, e.password_hash
       from accounts a
       join sessions s on s.account_id = a.id
       join api_keys k on k.account_id = a.id
       join email_challenges e on e.account_id = a.id
      where a.id = $1`,
    [user.id],
  )
  assert.ok(rows.length > 0)
  for (const secret of rows.flatMap(Object.values)) {
    if (secret) assert.ok(!page.text.includes(String(secret)))
  }
  assert.ok(!page.text.includes('argon2'))
  assert.ok(!again.text.includes(user.email)) // A158
  assert.ok(!again.text.includes(user.id)) // A158
})

// A87
test('no link and no form of another site asks for it', async () => {
  const { user, visitor } = await somebodyEverywhere(server)
  const csrf = (await visitor.go('/account')).html.querySelector('[name=_csrf]')
  const body = new URLSearchParams({ _csrf: csrf?.getAttribute('value') ?? '' })
  const post = { method: 'POST', body }

  const link = await visitor.go('/account/data.json')
  const forged = await visitor.go('/account/data.json', {
    ...post,
    headers: { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
  })
  const tokenless = await visitor.go('/account/data.json', {
    method: 'POST',
    body: new URLSearchParams(),
    headers: { origin: server.url },
  })

  assert.deepEqual([link.status, forged.status, tokenless.status], [405, 403, 403])
  assert.deepEqual(
    await listEvents(db, { limit: 1, account: user.id, kind: 'account.exported' }),
    [],
  )
})

test('it is asked for five times in ten minutes, and the page says when again', async (t) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on' })
  const user = await limited.user()
  const visitor = limited.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })

  for (let i = 0; i < 5; i++) assert.equal((await downloadBy(visitor)).status, 200)
  const refused = await downloadBy(visitor)

  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers.get('retry-after')) > 500)
  assert.match(refused.text, /Too many attempts. Try again in/)
})

test('mail that waits for the person is in it, and that for others is not', async (t) => {
  const smtp = await smtpServer(t)
  smtp.mode = 'refuses for now'
  const waiting = await startServer(t, { SMTP_URL: smtp.url })
  const [client, user] = [await waiting.client(), await waiting.user()]
  await tokensFor(waiting, client, user)
  await tokensFor(waiting, client, await waiting.user())
  const visitor = waiting.visitor()
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })

  const { waiting_mails: mails } = JSON.parse((await downloadBy(visitor)).text)

  assert.equal(mails.length, 1)
  assert.equal(mails[0].kind, 'appConnected')
  assert.deepEqual(Object.keys(mails[0]), ['kind', 'created_at', 'expires_at'])
})

test('from where an administrator worked is not in it', async () => {
  const { user, visitor } = await somebodyEverywhere(server)
  await send(server, `/api/admin/users/${user.id}`, {
    method: 'PATCH',
    headers: { ...bearer(adminToken), 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Renamed' }),
  })

  const { events } = JSON.parse((await downloadBy(visitor)).text)

  const [changed] = events.filter(({ kind }: { kind: string }) => kind === 'user.updated')
  assert.deepEqual([changed.by, changed.ip], ['admin_token', null])
})
