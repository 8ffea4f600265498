import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { password, post } from './harness.ts'
import { bearer } from './requests.ts'
import { staleness } from './staleness.ts'
import { sharedTopology, type Topology } from './topology.ts'
import { type App, api, at, newApp, newUser, Person } from './topology-people.ts'
import { Visitor } from './visitor.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

interface Given {
  topology: Topology
  app: App
  person: Person
  /** Signed in at the first node, which hears of the change first. */
  owner: Visitor
  access: string
  refresh: string
  keyId: string
  key: string
}

interface Case {
  name: string
  by: 'access' | 'key'
  /** At the first node, once the second has let a call pass. */
  change(given: Given): Promise<unknown>
}

const one = ({ topology }: Given) => topology.nodes[0]?.url ?? ''
const two = ({ topology }: Given) => topology.nodes[1]?.url ?? ''

const admin = (given: Given, method: string, path: string, body?: object) =>
  api(given.topology, one(given), [method, path], body)

/** The form of the app on the first node's page of connected apps. */
async function changeApp({ owner, app }: Given, fields: Record<string, string | string[]>) {
  const form = `form:has(input[value="${app.clientId}"])`
  const page = await owner.submit(await owner.go('/account/apps'), fields, { form })
  assert.equal(page.status, 200)
}

async function changeKey(given: Given, method: string, body?: object) {
  const { status } = await given.owner.fetch(`/api/api-keys/${given.keyId}`, {
    method,
    headers: {
      origin: given.topology.url,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  assert.ok(status < 300, String(status))
}

const cases: Case[] = [
  {
    name: 'a revoked access token',
    by: 'access',
    change: (given) =>
      post(at(one(given)), '/api/oauth/revoke', { token: given.access }, given.app),
  },
  {
    name: 'the access token of a revoked refresh token',
    by: 'access',
    change: (given) =>
      post(at(one(given)), '/api/oauth/revoke', { token: given.refresh }, given.app),
  },
  {
    name: 'a scope that was unticked',
    by: 'access',
    change: (given) => changeApp(given, { action: 'narrow', scope: ['IDENTITY'] }),
  },
  {
    name: 'an app that was removed',
    by: 'access',
    change: (given) => changeApp(given, { action: 'remove' }),
  },
  {
    name: 'a disabled app',
    by: 'access',
    change: (given) => admin(given, 'PATCH', `/apps/${given.app.rowId}`, { is_active: false }),
  },
  {
    name: 'a token of a disabled person',
    by: 'access',
    change: (given) =>
      admin(given, 'PATCH', `/users/${given.person.user.id}`, { is_active: false }),
  },
  {
    name: 'a key of a disabled person',
    by: 'key',
    change: (given) =>
      admin(given, 'PATCH', `/users/${given.person.user.id}`, { is_active: false }),
  },
  {
    name: 'a suspended key',
    by: 'key',
    change: (given) => changeKey(given, 'PATCH', { is_active: false }),
  },
  {
    name: 'a narrowed key',
    by: 'key',
    change: (given) => changeKey(given, 'PATCH', { scopes: ['IDENTITY'] }),
  },
  { name: 'a revoked key', by: 'key', change: (given) => changeKey(given, 'DELETE') },
  {
    name: 'a key that an administrator revoked',
    by: 'key',
    change: (given) =>
      admin(given, 'DELETE', `/users/${given.person.user.id}/api-keys/${given.keyId}`),
  },
]

async function setUp(topology: Topology): Promise<Given> {
  const app = await newApp(topology)
  const person = new Person(topology, await newUser(topology))
  const tokens = await person.tokens(app)
  const owner = new Visitor(topology.nodes[0]?.url ?? '')
  await owner.submit(await owner.go('/login'), { email: person.user.email, password })
  const { body } = await api(
    topology,
    topology.url,
    ['POST', `/users/${person.user.id}/api-keys`],
    { name: 'k', scopes: ['IDENTITY', 'READ_GRAPH'] },
  )
  return { topology, app, person, owner, ...tokens, keyId: body.id, key: body.key }
}

/** Whether the second node lets the call pass. */
async function passes(given: Given, by: Case['by']): Promise<boolean> {
  const { status } = await fetch(`${two(given)}/external-api/v2/graphs`, {
    headers: bearer(given[by]),
  })
  if (status !== 200) assert.match(String(status), /^40[13]$/)
  return status === 200
}

for (const [name, pooled] of [
  ['behind PgBouncer', true],
  ['on PostgreSQL itself', false],
] as const) {
  const topology = only.skip ? undefined : sharedTopology({}, { pooled })
  for (const { name: what, by, change } of cases) {
    // R30, A74, A163, A174
    test(`${what} opens nothing at the gateway of the other node ${name}`, only, async (t) => {
      const given = await setUp((await topology) as Topology)

      const seen = await staleness(
        () => passes(given, by),
        () => change(given),
      )

      t.diagnostic(seen)
      assert.equal(await passes(given, by), false)
    })
  }
}
