import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizePath, callbackParams, password, startServer } from './harness.ts'

test('a message of the outbox is shown on this machine and to nobody else', async (t) => {
  const server = await startServer(t, { TRUST_PROXY: '127.0.0.1' })
  const user = await server.user()
  const visitor = server.visitor()

  const sent = await visitor.submit(await visitor.go('/forgot-password'), { email: user.email })
  const message = `/outbox/${new URL(sent.url).searchParams.get('message')}`
  await server.mails()
  const elsewhere = await server.visitor({ 'x-forwarded-for': '203.0.113.9' }).go(message)

  assert.equal(elsewhere.status, 404) // A110
  assert.ok(!elsewhere.text.includes(user.email))
})

test('authorization requests without end from one network have to wait', async (t) => {
  const server = await startServer(t, { RATE_LIMITS: 'on' })
  const client = await server.client()
  const ask = () => server.visitor().fetch(authorizePath(client))
  const statuses = new Set<number>()

  for (let i = 0; i < 10; i++) {
    for (const { status } of await Promise.all(Array.from({ length: 31 }, ask)))
      statuses.add(status)
  }
  const refused = await ask()

  assert.deepEqual([...statuses].sort(), [303, 429]) // A152
  assert.match(refused.headers.get('retry-after') ?? '', /^\d+$/)
})

test('an app changed while the page stood open gets no more than the person saw', async (t) => {
  const server = await startServer(t)
  const user = await server.user()
  const client = await server.client({ optionalScopes: ['RUN_AGENT'] })
  const visitor = server.visitor()
  const path = authorizePath(client, { scope: 'IDENTITY RUN_AGENT' })
  const page = await visitor.submit(await visitor.go(path), { email: user.email, password })
  await server.db.query(`update clients set optional_scopes = '{}' where id = $1`, [client.id])

  const again = await visitor.submit(page, { decision: 'approve', scope: [] })
  const approved = await visitor.submit(again, { decision: 'approve' })

  assert.match(again.url, /\/consent$/) // A89
  assert.ok(callbackParams(approved).code)
})
