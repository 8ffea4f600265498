import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  adminToken,
  exchange,
  introspect,
  post,
  refresh,
  startServer,
  tokensFor,
} from './harness.ts'
import { Inbox } from './inbox.ts'
import { rawRequest } from './raw-request.ts'
import { bearer, sendForm, sharedServer, signIn } from './requests.ts'
import { type Sample, scrape, sumOf } from './scrape.ts'

const shared = await sharedServer()

const requests = (samples: Sample[], labels: Record<string, string>) =>
  sumOf(samples, 'sso_http_request_duration_seconds_count', labels)

test('sign-ins are counted by what came of them', async (t) => {
  const server = await startServer(t)
  const user = await server.user()

  await signIn(server.visitor(), '/login', user)
  const visitor = server.visitor()
  for (const password of ['wrong', 'wrong again']) {
    await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  }

  const samples = await scrape(server)
  assert.equal(sumOf(samples, 'sso_logins_total', { outcome: 'succeeded' }), 1)
  assert.equal(sumOf(samples, 'sso_logins_total', { outcome: 'failed' }), 2)
  assert.equal(sumOf(samples, 'sso_logins_total', { outcome: 'throttled' }), 0)
})

test('guesses that are slowed down are counted as throttled', async (t) => {
  const server = await startServer(t, { RATE_LIMITS: 'on' })
  const visitor = server.visitor()

  for (let tries = 0; tries < 12; tries++) {
    const page = await visitor.go('/login')
    await visitor.submit(page, { email: 'ada@example.com', password: 'a guess' })
  }

  const samples = await scrape(server)
  const failed = sumOf(samples, 'sso_logins_total', { outcome: 'failed' })
  const throttled = sumOf(samples, 'sso_logins_total', { outcome: 'throttled' })
  assert.ok(failed > 0 && throttled > 0, `${failed} ${throttled}`)
  assert.equal(failed + throttled, 12)
})

test('tokens are counted by grant type, once they are stored, and refusals are not', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const machine = await server.client({ type: 'machine' })
  const tokens = await tokensFor(server, client, await server.user())

  await refresh(server, client, tokens.refresh_token ?? '')
  await post(server, '/api/oauth/token', { grant_type: 'client_credentials' }, machine)
  await exchange(server, client, 'not-a-code')

  const samples = await scrape(server)
  const issued = samples.filter(({ name }) => name === 'sso_tokens_issued_total')
  assert.deepEqual(issued.map(({ labels, value }) => [labels.grant_type, value]).sort(), [
    ['authorization_code', 1],
    ['client_credentials', 1],
    ['refresh_token', 1],
  ])
})

test('requests are timed by method, route and status', async (t) => {
  const server = await startServer(t)
  const client = await server.client()
  const tokens = await tokensFor(server, client, await server.user())
  await introspect(server, client, tokens.access_token ?? '')

  const samples = await scrape(server)

  const answered = (method: string, route: string, status: string) =>
    requests(samples, { method, route, status })
  assert.equal(answered('POST', '/api/oauth/token', '200'), 1)
  assert.equal(answered('POST', '/api/oauth/introspect', '200'), 1)
  assert.equal(answered('GET', '/auth/authorize', '303'), 1)
  assert.equal(answered('GET', '/auth/authorize/:uid', '303'), 2)
  assert.equal(answered('POST', '/auth/interaction/:uid/login', '303'), 1)
})

test('made-up addresses and ids add no labels', async () => {
  const before = new Set((await scrape(shared)).map(({ labels }) => labels.route))

  for (const path of [
    '/x1',
    '/x2/y',
    '/assets/x',
    '/auth/authorize/a-uid/x',
    '/api/oauth/token/x',
  ]) {
    await fetch(shared.url + path)
  }
  await fetch(`${shared.url}/nowhere`, { method: 'PROPFIND' })
  await sendForm(shared, '/login', { email: 'ada@example.com', password: 'forged' })

  const samples = await scrape(shared)
  const routes = new Set(samples.map(({ labels }) => labels.route))
  const added = [...routes].filter((route) => !before.has(route)).sort()
  assert.deepEqual(added, ['/assets/:name', '/login', '/metrics', 'other'])
  assert.equal(requests(samples, { route: 'other', method: 'GET' }), 4)
  assert.equal(requests(samples, { route: 'other', method: 'other' }), 1)
})

test('statements, connections and mail are counted', async (t) => {
  const server = await startServer(t)
  const user = await server.user()
  const visitor = server.visitor()
  await visitor.submit(await visitor.go('/forgot-password'), { email: user.email })
  await new Inbox(server, user.email).next()

  const samples = await scrape(server)

  assert.ok(sumOf(samples, 'sso_database_statements_total') > 3)
  assert.ok(sumOf(samples, 'sso_database_connections') >= 1)
  assert.equal(sumOf(samples, 'sso_database_waiting_requests'), 0)
  assert.equal(sumOf(samples, 'sso_mails_total', { outcome: 'sent' }), 1)
})

test('metrics are for this machine', async () => {
  const answer = await fetch(`${shared.url}/metrics`)

  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
})

const passedOn: [string, Record<string, string>][] = [
  ['X-Forwarded-For', { 'x-forwarded-for': '127.0.0.1' }],
  ['X-Forwarded-Host alone', { 'x-forwarded-host': 'localhost' }],
  ['Forwarded', { forwarded: 'for=127.0.0.1' }],
  ['Via', { via: '1.1 proxy' }],
  ['X-Real-IP', { 'x-real-ip': '127.0.0.1' }],
]

for (const [name, headers] of passedOn) {
  test(`a proxy on the same machine does not open the metrics: ${name}`, async () => {
    const answer = await fetch(`${shared.url}/metrics`, { headers })

    assert.equal(answer.status, 401)
    assert.doesNotMatch(await answer.text(), /sso_/)
  })
}

test('a proxy that passes on the public host does not open the metrics', async () => {
  const { status } = await rawRequest(shared, {
    path: '/metrics',
    headers: { host: 'sso.example' },
  })

  assert.equal(status, 401)
})

test('the admin token opens the metrics from anywhere, another does not', async () => {
  const ask = (token: string) =>
    fetch(`${shared.url}/metrics`, { headers: { ...bearer(token), via: '1.1 proxy' } })

  assert.equal((await ask(adminToken)).status, 200)
  const refused = await ask(`${adminToken}x`)
  assert.equal(refused.status, 401)
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer')
})
