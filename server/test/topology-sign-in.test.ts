import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testEngine } from '#db/testing.ts'
import { exchange, introspect, password, refresh } from './harness.ts'
import { noTopology, sharedTopology } from './topology.ts'
import { at, newApp, newUser, Person } from './topology-people.ts'
import { Visitor } from './visitor.ts'

const only = { skip: testEngine === 'pglite' && 'several processes on one database' }

const topology = only.skip ? noTopology : await sharedTopology({ LOG_LEVEL: 'info' })
const [one = '', two = ''] = topology.nodes.map(({ url }) => url)

test('a sign-in passes over both nodes, and both know the session', only, async () => {
  const person = new Person(topology, await newUser(topology))

  await person.code(await newApp(topology))

  for (const node of topology.nodes) {
    assert.match(node.output(), /"path":"\/auth\/[^"]*","status":[23]/)
    // Cookies are of a host, whatever the port.
    const page = await person.visitor.go(`${node.url}/account`)
    assert.equal(page.status, 200)
    assert.match(page.text, new RegExp(person.user.email))
  }
})

test('what one node has issued the other takes', only, async () => {
  const app = await newApp(topology)
  const person = new Person(topology, await newUser(topology))
  const code = await person.code(app)

  const first = await exchange(at(one), app, code)
  const second = await refresh(at(two), app, first.body.refresh_token)
  const repeated = await refresh(at(one), app, first.body.refresh_token)

  assert.equal(first.status, 200)
  assert.equal(second.status, 200)
  assert.equal(repeated.body.refresh_token, second.body.refresh_token)
  for (const url of [one, two]) {
    const { body } = await introspect(at(url), app, second.body.access_token)
    assert.equal(body.active, true)
  }
  const again = await exchange(at(two), app, code)
  assert.equal(again.body.error, 'invalid_grant')
})

// I1
test('of many that bring one code to both nodes, one gets tokens', only, async () => {
  const app = await newApp(topology)
  const code = await new Person(topology, await newUser(topology)).code(app)

  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => exchange(at(n % 2 ? one : two), app, code)),
  )

  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  assert.ok(answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant'))
})

// A143
test("the caller's address is what HAProxy saw, whatever the caller says", only, async () => {
  const { email } = await newUser(topology)
  const visitor = new Visitor(topology.url, { 'x-forwarded-for': '203.0.113.9' })
  const page = await visitor.go('/login')
  await visitor.submit(page, { email, password: `not ${password}` })

  const { rows } = await topology.db.query<{ ip: string }>(
    `select ip
       from audit_events
      order by seq desc
      limit 1`,
  )

  assert.deepEqual(rows, [{ ip: '127.0.0.1' }])
})

test('both nodes publish the same keys and the public addresses', only, async () => {
  const read = (url: string, path: string) => fetch(url + path).then((answer) => answer.json())

  for (const path of ['/.well-known/openid-configuration', '/.well-known/jwks.json']) {
    const published = await read(topology.url, path)
    for (const url of [one, two]) assert.deepEqual(await read(url, path), published)
  }
  const { issuer } = await read(two, '/.well-known/openid-configuration')
  assert.equal(issuer, topology.url)
})
