import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { listEvents, recordEvent } from './audit-events.ts'
import { testDb } from './testing.ts'

test('an event says who did what to whom', async (t) => {
  const db = await testDb(t)
  const [actorId, clientId] = [randomUUID(), randomUUID()]

  await recordEvent(db, {
    kind: 'app.created',
    actorType: 'admin',
    actorId,
    clientId,
    requestId: 'r1',
    ip: '::1',
    details: { name: `"quoted" {}` },
  })

  const [{ seq, id, at, ...event } = assert.fail()] = await listEvents(db, { limit: 1 })
  assert.ok(Number.isSafeInteger(seq) && id && at instanceof Date)
  assert.deepEqual(event, {
    kind: 'app.created',
    actorType: 'admin',
    actorId,
    accountId: null,
    clientId,
    requestId: 'r1',
    ip: '::1',
    details: { name: `"quoted" {}` },
  })
})

test('events are listed newest first, page by page', async (t) => {
  const db = await testDb(t)
  const actor = randomUUID()
  for (const kind of ['a.a', 'b.b', 'c.c']) {
    await recordEvent(db, { kind, actorType: 'user', actorId: actor })
  }

  const first = await listEvents(db, { limit: 2, actor })
  const second = await listEvents(db, { limit: 2, actor, beforeSeq: first.at(-1)?.seq })

  assert.deepEqual(
    [...first, ...second].map(({ kind }) => kind),
    ['c.c', 'b.b', 'a.a'],
  )
})

test('events are found by actor, account, client, kind and time', async (t) => {
  const db = await testDb(t)
  const [actorId, accountId, clientId] = [randomUUID(), randomUUID(), randomUUID()]
  const kind = `test.${randomUUID()}`
  await recordEvent(db, { kind, actorType: 'client', actorId, accountId, clientId })
  await recordEvent(db, { kind: 'login.failed', actorType: 'anonymous' })
  const count = async (filter: object) => (await listEvents(db, { limit: 9, ...filter })).length
  const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)]

  assert.equal(await count({ actor: actorId }), 1)
  assert.equal(await count({ account: accountId }), 1)
  assert.equal(await count({ client: clientId }), 1)
  assert.equal(await count({ kind }), 1)
  assert.equal(await count({ kind, since: past, until: future }), 1)
  assert.equal(await count({ kind, since: future }), 0)
  assert.equal(await count({ kind, until: past }), 0)
  assert.equal(await count({ actor: randomUUID(), account: accountId }), 0)
})
