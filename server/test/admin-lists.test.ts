import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { recordEvent } from '#db/audit-events.ts'
import { type AdminServer, startAdminServer } from './admin-server.ts'

const lists = ['/api/admin/apps', '/api/admin/users', '/api/admin/audit']

suite('paging', () => {
  for (const path of lists) {
    test(`${path} shows everything once, newest first`, async (t) => {
      const server = await startAdminServer(t)
      await fill(server, 7)

      const { body: whole } = await server.api('GET', path)
      const pages = await allPages(server, path, 3)

      const ids = whole.items.map(({ id }: { id: string }) => id)
      assert.ok(ids.length >= 7)
      assert.equal(whole.next_cursor, null)
      assert.deepEqual(pages.flat(), ids)
      assert.ok(pages.slice(0, -1).every((page) => page.length === 3))
    })

    test(`${path} goes on where it was, though newer rows came`, async (t) => {
      const server = await startAdminServer(t)
      await fill(server, 4)
      const { body: first } = await server.api('GET', `${path}?limit=2`)

      await fill(server, 2)
      const { body: next } = await server.api('GET', `${path}?limit=2&cursor=${first.next_cursor}`)

      const ids = [...first.items, ...next.items].map(({ id }: { id: string }) => id)
      assert.equal(new Set(ids).size, 4)
    })

    test(`${path} is never longer than a hundred (A153)`, async (t) => {
      const { api, db } = await startAdminServer(t)
      await many(db, 105)

      const { body: usual } = await api('GET', path)
      const { body: most } = await api('GET', `${path}?limit=1000000000`)

      assert.equal(usual.items.length, 50)
      assert.equal(most.items.length, 100)
      assert.ok(most.next_cursor)
    })

    test(`${path} refuses what it does not understand, by name`, async (t) => {
      const { api } = await startAdminServer(t)
      const forged = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const refused = [
        ['limit=0', 'limit'],
        ['limit=-1', 'limit'],
        ['limit=1.5', 'limit'],
        ['limit=abc', 'limit'],
        ['limit=1&limit=2', 'limit'],
        ['limit=1e400', 'limit'],
        ['cursor=x', 'cursor'],
        ['cursor=', 'cursor'],
        ['cursor=%00', 'cursor'],
        [`cursor=${forged(["' or 1=1--", randomUUID()])}`, 'cursor'],
        [`cursor=${forged(['2026-01-01T00:00:00.000Z', 'x'])}`, 'cursor'],
        [`cursor=${forged([-1])}`, 'cursor'],
        [`cursor=${forged([1e300])}`, 'cursor'],
        [`cursor=${forged({ length: 1 })}`, 'cursor'],
        [`cursor=${'x'.repeat(5000)}`, 'cursor'],
        ['sort=name', 'sort'],
        ['__proto__[x]=1', '__proto__[x]'],
      ]

      for (const [query, field] of refused) {
        const { status, body } = await api('GET', `${path}?${query}`)
        assert.deepEqual([status, body.errors?.[0]?.field], [400, field], `${query}`.slice(0, 60))
      }
    })
  }
})

test('apps can be found by client_id', async (t) => {
  const server = await startAdminServer(t)
  await fill(server, 2)
  const { body } = await server.api('GET', '/api/admin/apps')
  const [app] = body.items

  const found = await server.api('GET', `/api/admin/apps?client_id=${app.client_id}`)
  const nobody = await server.api('GET', '/api/admin/apps?client_id=agpt_client_nobody')
  const odd = await server.api('GET', '/api/admin/apps?client_id=%00')

  assert.deepEqual(found.body, { items: [app], next_cursor: null })
  assert.deepEqual(nobody.body.items, [])
  assert.equal(odd.status, 400)
})

test('search finds parts of name and address, and has no wildcards', async (t) => {
  // A153
  const { api } = await startAdminServer(t)
  await api('POST', '/api/admin/users', { email: 'ada@example.com', name: 'Ada 100% Lovelace' })
  await api('POST', '/api/admin/users', { email: 'bob_x@example.org', name: "O'Brien ʼ" })
  const emails = async (search: string) => {
    const { status, body } = await api(
      'GET',
      `/api/admin/users?search=${encodeURIComponent(search)}`,
    )
    return status === 200 ? body.items.map(({ email }: { email: string }) => email) : status
  }

  assert.deepEqual(await emails('LOVE'), ['ada@example.com'])
  assert.deepEqual(await emails('bob'), ['bob_x@example.org'])
  assert.deepEqual(await emails('%'), ['ada@example.com'])
  assert.deepEqual(await emails('_'), ['bob_x@example.org'])
  assert.deepEqual(await emails("O'B"), ['bob_x@example.org'])
  assert.deepEqual(await emails('ʼ'), ['bob_x@example.org'])
  assert.deepEqual(await emails("' or 1=1--"), [])
  assert.deepEqual(await emails('$1'), [])
  assert.deepEqual(await emails('\\'), [])
  assert.deepEqual(await emails('a\0'), 400)
  assert.deepEqual(await emails('x'.repeat(201)), 400)
})

suite('the audit trail', () => {
  test('can be read by actor, app, user, kind and time', async (t) => {
    const { api, db } = await startAdminServer(t)
    const [actorId, clientId, accountId] = [randomUUID(), randomUUID(), randomUUID()]
    await recordEvent(db, { kind: 'login.failed', actorType: 'anonymous', accountId })
    await recordEvent(db, { kind: 'app.created', actorType: 'admin', actorId, clientId })
    const kinds = async (query: string) => {
      const { body } = await api('GET', `/api/admin/audit?${query}`)
      return body.items.map(({ kind }: { kind: string }) => kind)
    }

    assert.deepEqual(await kinds(''), ['app.created', 'login.failed'])
    assert.deepEqual(await kinds(`actor=${actorId}`), ['app.created'])
    assert.deepEqual(await kinds(`app=${clientId}`), ['app.created'])
    assert.deepEqual(await kinds(`user=${accountId}`), ['login.failed'])
    assert.deepEqual(await kinds('kind=login.failed'), ['login.failed'])
    assert.deepEqual(await kinds('since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z'), [])
    assert.equal((await kinds('since=2020-01-01T00:00:00%2B01:00')).length, 2)
  })

  test('names the filter that is no filter', async (t) => {
    const { api } = await startAdminServer(t)

    for (const query of ['actor=x', 'app=%00', 'user=1', 'kind=a;b', 'since=now', 'until=0']) {
      const { status, body } = await api('GET', `/api/admin/audit?${query}`)
      assert.deepEqual([status, body.errors[0].field], [400, query.split('=')[0]])
    }
  })
})

async function fill({ api }: AdminServer, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const redirect_uris = [`https://app.example/${n}`]
    await api('POST', '/api/admin/apps', { name: `App ${n}`, redirect_uris, scopes: [] })
    await api('POST', '/api/admin/users', { email: `${randomUUID()}@example.com` })
  }
}

/** All of one transaction and so of one instant, which a cursor of time alone could not page. */
async function many(db: AdminServer['db'], count: number): Promise<void> {
  await db.query(
    `insert into clients (id, client_id, name, type, grant_types)
     select gen_random_uuid(), 'agpt_client_' || n, 'App', 'spa', '{authorization_code}'
       from generate_series(1, $1::int) n`,
    [count],
  )
  await db.query(
    `insert into accounts (id, email, email_key)
     select gen_random_uuid(), n || '@example.com', n || '@example.com'
       from generate_series(1, $1::int) n`,
    [count],
  )
  await db.query(
    `insert into audit_events (id, kind, actor_type)
     select gen_random_uuid(), 'app.created', 'system' from generate_series(1, $1::int)`,
    [count],
  )
}

async function allPages({ api }: AdminServer, path: string, limit: number): Promise<string[][]> {
  const pages: string[][] = []
  let query = `limit=${limit}`
  for (let page = 0; page < 20 && query; page++) {
    const { body } = await api('GET', `${path}?${query}`)
    pages.push(body.items.map(({ id }: { id: string }) => id))
    query = body.next_cursor ? `limit=${limit}&cursor=${body.next_cursor}` : ''
  }
  return pages
}
