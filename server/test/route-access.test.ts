import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { apiKeyFor } from './gateway.ts'
import { password, post } from './harness.ts'
import { bearer, sharedServer } from './requests.ts'
import type { Visitor } from './visitor.ts'

const server = await sharedServer()

/** What came of a request: let in, sent to sign in, refused, or nothing there. */
type Outcome = 'in' | 'login' | '401' | '403' | '404'
type Caller = 'anonymous' | 'user' | 'other' | 'admin' | 'key' | 'machine'
type Access = Record<Caller, Outcome[]>

const everybody = (outcomes: Outcome[]): Access => ({
  anonymous: outcomes,
  user: outcomes,
  other: outcomes,
  admin: outcomes,
  key: outcomes,
  machine: outcomes,
})

const access = {
  /** For anybody, signed in or not; what it is about may not be there. */
  public: everybody(['in', '404']),
  /** Ends at the sign-in page, whoever comes. */
  leaving: everybody(['in', 'login']),
  /** A step of a sign-in that does not exist, in nobody's browser. */
  interaction: everybody(['in', '404', '403']),
  /** FedCM's, for the browser itself. */
  fedcm: everybody(['in', '401', '403', '404']),
  /** A person's own page; credentials of programs are not looked at (A165). */
  person: {
    ...everybody(['in']),
    anonymous: ['login'],
    key: ['login'],
    machine: ['login'],
  },
  /** One thing of one person: to another it is not there (A158). */
  owned: {
    ...everybody(['404']),
    user: ['in'],
    anonymous: ['login'],
    key: ['login'],
    machine: ['login'],
  },
  personApi: { ...everybody(['401']), user: ['in'], other: ['in'], admin: ['in'] },
  ownedApi: { ...everybody(['401']), user: ['in'], other: ['404'], admin: ['404'] },
  /** A159 */
  adminApi: {
    ...everybody(['401']),
    user: ['403'],
    other: ['403'],
    admin: ['in', '404'],
    machine: ['403'],
  },
  adminPage: {
    ...everybody(['login']),
    user: ['403'],
    other: ['403'],
    admin: ['in', '404'],
  },
  /** A proxy asks about somebody's call; nobody else has anything to ask. */
  proxy: everybody(['403']),
  /** For the machine's own keeper, by address (metrics), whoever is signed in. */
  local: everybody(['in', '404', '403']),
} satisfies Record<string, Access>

// A155: the first that matches. A route that none matches fails the test: say whose it is.
const declared: [pattern: RegExp, access: keyof typeof access][] = [
  [/ \/api\/admin\/(openapi\.json|docs)/, 'public'],
  [/ \/api\/admin\//, 'adminApi'],
  [/ \/admin(\/|$)/, 'adminPage'],
  [/ \/api\/forward-auth$/, 'proxy'],
  [/ \/external-api\//, 'public'],
  [/ \/api\/api-keys$/, 'personApi'],
  [/ \/api\/api-keys\//, 'ownedApi'],
  [/ \/account\/api-keys\/:id/, 'owned'],
  // Links of mails prove themselves.
  [/ \/account\/(email|apps\/not-me)$/, 'public'],
  [/ \/account(\/|$)/, 'person'],
  [/ \/auth\/interaction\//, 'interaction'],
  [/ \/fedcm\//, 'fedcm'],
  [/ \/metrics$/, 'local'],
  [/ \/outbox\//, 'public'],
  [/ \/(login|signup|forgot-password|check-mail\/.*|verify|reset|setup)$/, 'public'],
  [/ \/(use-another-account|logout)$/, 'leaving'],
  [/ \/health\//, 'public'],
  [/ \/widget\//, 'public'],
  [/ \/\.well-known\//, 'public'],
  [/ \/api\/oauth\/app\//, 'public'],
  [/ \/$/, 'public'],
]

const accessOf = (route: string) => declared.find(([pattern]) => pattern.test(route))?.[1]

async function visitorFor(user?: { email: string }, headers?: Record<string, string>) {
  const visitor = server.visitor(headers)
  const page = await visitor.go('/login')
  if (user) await visitor.submit(page, { email: user.email, password })
  const form = user ? await visitor.go('/account') : page
  const csrf = form.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''
  return { visitor, csrf }
}

async function outcomeOf({ visitor, csrf }: { visitor: Visitor; csrf: string }, route: Route) {
  const { method, url, isJson } = route
  const body = isJson ? '{"name":"x"}' : new URLSearchParams({ _csrf: csrf, action: 'suspend' })
  const { status, headers } = await visitor.fetch(url, {
    method,
    ...(method !== 'GET' && { body }),
    headers: {
      origin: server.url,
      'sec-fetch-site': 'same-origin',
      ...(method !== 'GET' && isJson && { 'content-type': 'application/json' }),
    },
  })
  assert.ok(status < 500, `${method} ${url}: ${status}`)
  if (status === 303 && headers.get('location') === '/login') return 'login'
  return [401, 403, 404].includes(status) ? (String(status) as Outcome) : 'in'
}

interface Route {
  method: string
  url: string
  isJson: boolean
}

test('every route lets in whom it is for, and nobody else', async () => {
  const user = await server.user()
  const admin = await server.user({ roles: ['admin'] })
  const machine = await server.client({ type: 'machine' })
  const { body } = await post(
    server,
    '/api/oauth/token',
    { grant_type: 'client_credentials' },
    machine,
  )
  const { id, key } = await apiKeyFor(server, user, ['IDENTITY'])
  const callers = {
    anonymous: await visitorFor(),
    user: await visitorFor(user),
    other: await visitorFor(await server.user()),
    admin: await visitorFor(admin),
    key: await visitorFor(undefined, { 'x-api-key': key }),
    machine: await visitorFor(undefined, bearer(body.access_token)),
  }
  // What ends a session, or what is looked at, comes last.
  const rank = ({ method, path }: { method: string; path: string }) =>
    Number(/logout|another-account/.test(path)) * 2 + Number(method === 'DELETE')
  const routes = [...server.app.routes].sort((one, two) => rank(one) - rank(two))
  assert.ok(routes.length > 60)

  for (const { method, path } of routes) {
    const name = `${method} ${path}`
    const kind = accessOf(name)
    assert.ok(kind, `${name}: declare whom it is for`)
    const isOwned = kind === 'owned' || kind === 'ownedApi'
    const url = path
      .replace(':id', isOwned ? id : randomUUID())
      .replaceAll(/:\w+(\(.*?\))?/g, 'x')
      .replaceAll(/\{.*?\}/g, '')
    const route = { method, url, isJson: path.startsWith('/api/') }
    // The one that may delete it comes last.
    for (const caller of ['anonymous', 'key', 'machine', 'other', 'admin', 'user'] as const) {
      const outcome = await outcomeOf(callers[caller], route)
      const expected: Outcome[] = access[kind][caller]
      assert.ok(expected.includes(outcome), `${name} as ${caller}: ${outcome}, not ${expected}`)
    }
  }
})

test('every declaration is some route’s', () => {
  const names = server.app.routes.map(({ method, path }) => `${method} ${path}`)
  const used = new Set(names.map((name) => declared.findIndex(([pattern]) => pattern.test(name))))
  assert.deepEqual(
    [...used].sort((a, b) => a - b),
    declared.map((_, index) => index),
  )
})
