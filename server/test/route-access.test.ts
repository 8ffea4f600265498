import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { operations } from '../src/gateway/operations.ts'
import { endpoints } from '../src/provider/mount.ts'
import {
  type Access,
  accessOf,
  accessToOperation,
  type Caller,
  callers,
  type Outcome,
  unused,
} from './access-table.ts'
import { apiKeyFor, requestFor } from './gateway.ts'
import { password, post, type TestUser, tokensFor } from './harness.ts'
import { bearer, sharedServer } from './requests.ts'
import type { Visitor } from './visitor.ts'

const server = await sharedServer()

interface Guest {
  visitor: Visitor
  csrf: string
  scopes: string[]
}

async function guest(user?: TestUser, headers?: Record<string, string>, scopes: string[] = []) {
  const visitor = server.visitor(headers)
  const page = await visitor.go('/login')
  if (user) await visitor.submit(page, { email: user.email, password })
  const form = user ? await visitor.go('/account') : page
  const csrf = form.html.querySelector('input[name="_csrf"]')?.getAttribute('value') ?? ''
  return { visitor, csrf, scopes }
}

/** One of each kind; the token is an administrator's, in the hands of an app. */
async function guests(): Promise<{ keyId: string; all: Record<Caller, Guest> }> {
  const user = await server.user()
  const admin = await server.user({ roles: ['admin'] })
  const machine = await server.client({ type: 'machine' })
  const grant = { grant_type: 'client_credentials' }
  const { body } = await post(server, '/api/oauth/token', grant, machine)
  const token = await tokensFor(server, await server.client(), admin)
  const { id, key } = await apiKeyFor(server, user, ['IDENTITY'])
  const all = {
    anonymous: await guest(),
    key: await guest(undefined, { 'x-api-key': key }, ['IDENTITY']),
    machine: await guest(undefined, bearer(body.access_token), body.scope.split(' ')),
    token: await guest(undefined, bearer(token.access_token), String(token.scope).split(' ')),
    other: await guest(await server.user()),
    admin: await guest(admin),
    user: await guest(user),
  }
  return { keyId: id, all }
}

const { keyId, all } = await guests()

async function outcomeOf({ visitor }: Guest, url: string, init: RequestInit): Promise<Outcome> {
  const sent = new Headers(init.headers)
  // Ours is no origin of the app whose token it is.
  if (!url.startsWith('/api/oauth/')) sent.set('origin', server.url)
  sent.set('sec-fetch-site', 'same-origin')
  if (url.startsWith('/fedcm/')) sent.set('sec-fetch-dest', 'webidentity')
  const { status, headers } = await visitor.fetch(url, { ...init, headers: sent })
  assert.ok(status < 500 || status === 501, `${init.method} ${url}: ${status}`)
  const location = headers.get('location') ?? ''
  if (status === 303 && /^(\/to\/[\w-]+)?\/login$/.test(location)) return 'login'
  return status >= 200 && status < 300 ? 'in' : `${status}`
}

/** Asks as everybody, one after the other. */
async function assertAccess(
  name: string,
  access: Access,
  requestOf: (guest: Guest) => [url: string, init: RequestInit],
): Promise<void> {
  for (const caller of callers) {
    const outcome = await outcomeOf(all[caller], ...requestOf(all[caller]))
    assert.equal(outcome, access[caller], `${name} as ${caller}`)
  }
}

/** A post of hardly anything, in the form that the route takes. */
const posted = (path: string, csrf: string): RequestInit =>
  path.startsWith('/api/') && !path.startsWith('/api/oauth/')
    ? { body: '{"name":"x"}', headers: { 'content-type': 'application/json' } }
    : { body: new URLSearchParams({ _csrf: csrf, action: 'suspend' }) }

const protocol = endpoints.flatMap(([path, methods]) =>
  methods
    .split(', ')
    .filter((method) => method !== 'HEAD')
    .map((method) => ({ method, path })),
)
// What ends a session, or what is looked at, comes last.
const rank = ({ method, path }: { method: string; path: string }) =>
  Number(/logout|another-account/.test(path)) * 2 + Number(method === 'DELETE')
const routes = [...server.app.routes, ...protocol].sort((one, two) => rank(one) - rank(two))
const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`

test('every route lets in whom it is for, and nobody else', async () => {
  assert.ok(server.app.routes.length > 60 && protocol.length > 10)

  for (const route of routes) {
    const { method, path } = route
    const access = accessOf(nameOf(route))
    assert.ok(access, `${nameOf(route)}: declare whom it is for`)
    const url = path
      .replace(':id', path.includes('/api-keys/:id') ? keyId : randomUUID())
      .replace(':page', 'apps')
      .replaceAll(/:\w+(\(.*?\))?/g, 'x')
      .replaceAll(/\{.*?\}/g, '')
    await assertAccess(nameOf(route), access, ({ csrf }) => [
      url,
      { method, ...(!/^(GET|OPTIONS)$/.test(method) && posted(path, csrf)) },
    ])
  }
})

test('every operation lets in whose credential has its scopes, and no session', async () => {
  const { key, machine, token } = all
  const { all: fresh } = await guests()
  Object.assign(all, fresh)
  const held = { key: key.scopes, machine: machine.scopes, token: token.scopes }

  for (const operation of operations) {
    const { path, init } = requestFor(operation)
    const name = `${operation.version} ${init.method} ${operation.path}`
    await assertAccess(name, accessToOperation(operation, held), () => [path, init])
  }
})

test('every declaration is some route’s', () => {
  assert.deepEqual(unused(routes.map(nameOf)), [])
})
