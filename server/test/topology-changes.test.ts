import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findConsentOf, withdrawScopes } from '#db/consents.ts'
import { testEngine } from '#db/testing.ts'
import { authorizePath, introspect, post, refresh } from './harness.ts'
import { staleness } from './staleness.ts'
import { noTopology, sharedTopology } from './topology.ts'
import { type App, api, at, newApp, newMachine, newUser, Person } from './topology-people.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }
const topology = only.skip ? noTopology : await sharedTopology()
const [one = '', two = ''] = topology.nodes.map(({ url }) => url)

interface Case {
  name: string
  /** On the first node, once the second has been asked. */
  change(given: Given): Promise<unknown>
  /** Whether the second node still answers as before. */
  isOld(given: Given): Promise<boolean>
}

interface Given {
  app: App
  person: Person
  access: string
  refresh: string
}

const active = async ({ app, access }: Given, url = two) =>
  (await introspect(at(url), app, access)).body.active === true

const admin = (method: string, path: string, body?: object) =>
  api(topology, one, [method, path], body)

const account = ({ person }: Given) =>
  person.visitor.fetch(`${two}/account`).then(({ status }) => status === 200)

const cases: Case[] = [
  {
    name: 'a revoked access token',
    change: ({ app, access }) => post(at(one), '/api/oauth/revoke', { token: access }, app),
    isOld: active,
  },
  {
    name: 'a revoked refresh token, with its access token',
    change: ({ app, refresh: token }) => post(at(one), '/api/oauth/revoke', { token }, app),
    isOld: active,
  },
  {
    name: 'a disabled app, at introspection',
    change: ({ app }) => admin('PATCH', `/apps/${app.rowId}`, { is_active: false }),
    isOld: active,
  },
  {
    name: 'a disabled app, at refresh',
    change: ({ app }) => admin('PATCH', `/apps/${app.rowId}`, { is_active: false }),
    // The wrong secret of a client that is there is told from a client that is not.
    isOld: async (given) => {
      const { status, body } = await refresh(at(two), given.app, given.refresh)
      if (status === 200) given.refresh = body.refresh_token
      return status === 200
    },
  },
  {
    name: 'a disabled app, at authorize',
    change: ({ app }) => admin('PATCH', `/apps/${app.rowId}`, { is_active: false }),
    isOld: async ({ app, person }) => {
      const { status } = await person.visitor.fetch(two + authorizePath(app))
      return status === 303
    },
  },
  {
    name: 'a disabled account, at introspection',
    change: ({ person }) => admin('PATCH', `/users/${person.user.id}`, { is_active: false }),
    isOld: active,
  },
  {
    name: 'a disabled account, in its own session',
    change: ({ person }) => admin('PATCH', `/users/${person.user.id}`, { is_active: false }),
    isOld: account,
  },
  {
    name: 'a narrowed consent',
    change: async ({ app, person }) => {
      const consent = await findConsentOf(topology.db, person.user.id, app.clientId)
      await withdrawScopes(topology.db, consent?.id ?? '', ['READ_GRAPH'])
    },
    isOld: async ({ app, access }) =>
      (await introspect(at(two), app, access)).body.scope.includes('READ_GRAPH'),
  },
  {
    name: 'a secret that was taken away',
    change: async ({ app }) => {
      const { body } = await admin('GET', `/apps/${app.rowId}/secrets`)
      await admin('POST', `/apps/${app.rowId}/secrets`, {})
      await admin('DELETE', `/apps/${app.rowId}/secrets/${body.items[0].id}`)
    },
    isOld: async ({ app, access }) => (await introspect(at(two), app, access)).status === 200,
  },
  {
    name: 'a redirect_uri that was taken away',
    change: ({ app }) =>
      admin('PATCH', `/apps/${app.rowId}`, { redirect_uris: ['https://app.example/other'] }),
    isOld: async ({ app, person }) => {
      const { status } = await person.visitor.fetch(two + authorizePath(app))
      return status === 303
    },
  },
  {
    name: 'a session ended from another browser',
    change: async ({ app, person }) => {
      const elsewhere = new Person(topology, person.user)
      await elsewhere.code(app)
      const page = await elsewhere.visitor.go('/account')
      await elsewhere.visitor.submit(page, {}, { form: 'form[action="/account/sessions"]' })
    },
    isOld: account,
  },
]

// R30
for (const { name, change, isOld } of cases) {
  test(`${name} is seen by the other node`, only, async (t) => {
    const app = await newApp(topology)
    const person = new Person(topology, await newUser(topology))
    const given = { app, person, ...(await person.tokens(app)) }

    const seen = await staleness(
      () => isOld(given),
      () => change(given),
    )

    t.diagnostic(seen)
  })
}

const machineToken = (app: App) =>
  post(at(two), '/api/oauth/token', { grant_type: 'client_credentials' }, app).then(
    ({ status }) => status === 200,
  )

const newSecret = async ({ rowId }: App) =>
  (await admin('POST', `/apps/${rowId}/secrets`, {})).body.client_secret

// R30
test('a disabled machine gets no more tokens from the other node', only, async (t) => {
  const machine = await newMachine(topology)

  const seen = await staleness(
    () => machineToken(machine),
    () => admin('PATCH', `/apps/${machine.rowId}`, { is_active: false }),
  )

  t.diagnostic(seen)
})

test("a machine's secret that was taken away is refused by the other node", only, async (t) => {
  const machine = await newMachine(topology)
  await newSecret(machine)
  const { body } = await admin('GET', `/apps/${machine.rowId}/secrets`)
  const [given] = body.items.filter(({ hint }: { hint: string }) => machine.secret.endsWith(hint))

  const seen = await staleness(
    () => machineToken(machine),
    () => admin('DELETE', `/apps/${machine.rowId}/secrets/${given.id}`),
  )

  t.diagnostic(seen)
})

// The one thing that is remembered: what a machine may, for a second (docs/operate.md).
test("a machine's second secret is taken by the other node", only, async (t) => {
  const machine = await newMachine(topology)
  assert.equal(await machineToken(machine), true)
  let secret = 'none yet'

  const seen = await staleness(
    async () => !(await machineToken({ ...machine, secret })),
    async () => {
      secret = await newSecret(machine)
    },
  )

  t.diagnostic(seen)
})

test('a revoked signing key leaves what the other node publishes', only, async (t) => {
  const { body } = await admin('GET', '/keys')
  const { kid } = body.items.find(({ state }: { state: string }) => state === 'signing')

  const seen = await staleness(
    async () => (await (await fetch(`${two}/.well-known/jwks.json`)).text()).includes(kid),
    () => admin('POST', `/keys/${kid}/revoke`),
  )

  t.diagnostic(seen)
})
