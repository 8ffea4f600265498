import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { ask, assertion, disconnect, fedcmVisit, origin } from './fedcm.ts'
import { exchange, startServer } from './harness.ts'
import { Inbox } from './inbox.ts'
import { rawRequest } from './raw-request.ts'
import { send, sharedServer } from './requests.ts'

const server = await sharedServer()

/** All that FedCM's endpoints want, but for the one header. */
test('a request without Sec-Fetch-Dest is not the browser’s', async () => {
  const { visitor, client } = await fedcmVisit(server)
  const cookie = await visitor.jar.getCookieString(server.url)
  const bodiless = { 'content-length': '0' }

  for (const [method, path] of [
    ['GET', '/fedcm/accounts'],
    ['GET', `/fedcm/client?client_id=${client.clientId}`],
    ['POST', '/fedcm/assertion'],
    ['POST', '/fedcm/disconnect'],
  ] as const) {
    // Not by fetch, which sends a Sec-Fetch-Dest of its own.
    const headers = { cookie, origin, ...(method === 'POST' && bodiless) }
    const missing = await rawRequest(server, { method, path, headers })
    const there = { ...headers, 'sec-fetch-dest': 'webidentity' }
    const sent = await rawRequest(server, { method, path, headers: there })

    assert.deepEqual(
      [missing.status, JSON.parse(missing.text).error.code],
      [400, 'invalid_request'],
    )
    assert.equal(missing.headers['access-control-allow-origin'], undefined)
    assert.match(missing.text, /for the browser itself/)
    assert.doesNotMatch(sent.text, /for the browser itself/, path)
  }
})

test('the browser’s disclosure links to what the app registered, and to nothing else', async () => {
  const links = { privacyUrl: 'https://app.example/privacy', termsUrl: 'https://app.example/terms' }
  const { visitor, client } = await fedcmVisit(server, links)
  const bare = await server.client({ type: 'spa' })
  const metadata = ({ clientId }: { clientId: string }) =>
    ask(visitor, `/fedcm/client?client_id=${clientId}`, { headers: { origin } })

  const { body, headers } = await metadata(client)

  assert.deepEqual(body, {
    privacy_policy_url: links.privacyUrl,
    terms_of_service_url: links.termsUrl,
  })
  assert.equal(headers.get('access-control-allow-origin'), origin)
  assert.deepEqual((await metadata(bare)).body, {})
})

test('the dialog’s button has our own colours, which can be read', async () => {
  const { branding } = (await send(server, '/fedcm/config.json')).body
  const { body: css } = await send(server, '/assets/style.css')

  assert.match(css, new RegExp(`--accent: ${branding.background_color};`))
  assert.match(css, new RegExp(`--on-accent: ${branding.color};`))
  const [dark = 0, light = 0] = [branding.background_color, branding.color].map(luminance)
  assert.ok((light + 0.05) / (dark + 0.05) >= 4.5) // WCAG 2.2, 1.4.3
  assert.ok(branding.icons[0].size >= 40) // FedCM: smaller ones are not shown in active mode.
})

/** WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

test('a new app is told of by mail, also when the browser asked for the yes', async () => {
  const { user, visitor, client } = await fedcmVisit(server, { name: 'Corner Shop' })
  const inbox = new Inbox(server, user.email)

  await assertion(visitor, user, client)

  const mail = await inbox.about('A new app is connected to your account')
  assert.match(mail.text, /Corner Shop/)
  // Its link ends what was allowed, without signing in.
  const stranger = server.visitor()
  await stranger.submit(await stranger.go(mail.link), {})
  assert.deepEqual((await ask(visitor, '/fedcm/accounts')).body.accounts[0].approved_clients, [])
  assert.ok(await inbox.isEmpty())
})

test('whoever is known to the app is told of no new one', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  const inbox = new Inbox(server, user.email)
  await assertion(visitor, user, client)
  await inbox.about('A new app is connected to your account')

  await assertion(visitor, user, client)
  await assertion(visitor, user, client, { params: { scope: 'openid IDENTITY' } })

  const { rows } = await server.db.query(
    `select 1 from consent_notices n join consents c on c.id = n.consent_id
      where c.account_id = $1`,
    [user.id],
  )
  assert.equal(rows.length, 1)
})

test('a code of the dialog is good for its own app, verifier and address only', async () => {
  const { user, visitor, client } = await fedcmVisit(server, {
    redirectUris: ['https://app.example/callback', 'https://app.example/other'],
  })
  const other = await server.client({ type: 'spa' })
  const code = async () =>
    JSON.parse((await assertion(visitor, user, client)).body.token).code as string

  for (const [by, fields] of [
    [other, {}],
    [client, { code_verifier: 'another-verifier-0123456789-0123456789-0123456789' }],
    [client, { redirect_uri: 'https://app.example/other' }],
  ] as const) {
    const { status, body } = await exchange(server, by, await code(), fields)

    assert.deepEqual([status, body.error], [400, 'invalid_grant']) // RFC 6749 4.1.3
  }
  assert.equal((await exchange(server, client, await code())).status, 200)
})

test('a disconnect that is not the browser’s, or of another site, ends nothing', async () => {
  const { user, visitor, client } = await fedcmVisit(server)
  await assertion(visitor, user, client)

  for (const [status, headers] of [
    [400, { 'sec-fetch-dest': 'empty' }],
    [403, { origin: 'https://evil.example' }],
    [403, { origin: 'null' }],
  ] as const) {
    const answer = await disconnect(visitor, client, user.id, headers)

    assert.equal(answer.status, status)
    assert.equal(answer.headers.get('access-control-allow-origin'), null) // A187
  }
  assert.equal((await disconnect(server.visitor(), client, user.id)).status, 403)
  const { body } = await ask(visitor, '/fedcm/accounts')
  assert.deepEqual(body.accounts[0].approved_clients, [client.clientId])
})

test('a network that asks too often is told when to come again', async (t: TestContext) => {
  const limited = await startServer(t, { RATE_LIMITS: 'on', TRUST_PROXY: '1' })
  const { user, visitor, client } = await fedcmVisit(limited)
  const from = (ip: string) =>
    assertion(visitor, user, client, { headers: { 'x-forwarded-for': ip }, params: { scope: '' } })

  for (let asked = 0; asked < 300; asked += 1) await from(`2001:db8:0:1::${asked.toString(16)}`)
  const { status, headers, body } = await from('2001:db8:0:1::ffff')

  assert.deepEqual([status, body.error.code], [429, 'temporarily_unavailable'])
  assert.ok(Number(headers.get('retry-after')) > 0)
  assert.equal((await from('2001:db8:0:2::1')).status, 400)
})
