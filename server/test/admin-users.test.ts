import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { suite, test } from 'node:test'
import { findAccount } from '#db/accounts.ts'
import { createChallenge, findChallenge } from '#db/email-challenges.ts'
import { startAdminServer } from './admin-server.ts'

const path = '/api/admin/users'
const password = 'correct horse battery staple'

test('a user with a password can be created', async (t) => {
  const { api, db } = await startAdminServer(t)
  const sent = { email: 'Ada@Example.COM', password, name: ' Ada ', timezone: 'Europe/London' }

  const { status, body } = await api('POST', path, sent)

  assert.equal(status, 201)
  const { id, created_at, ...rest } = body
  assert.deepEqual(rest, {
    email: 'Ada@example.com',
    email_verified: true,
    name: 'Ada',
    timezone: 'Europe/London',
    roles: [],
    is_active: true,
    has_password: true,
  })
  const stored = await findAccount(db, id)
  assert.match(stored?.passwordHash ?? '', /^\$argon2id\$/)
  assert.deepEqual((await api('GET', `${path}/${id}`)).body, body)
})

test('without a password the answer has a set-up link, this once', async (t) => {
  const { api, url } = await startAdminServer(t)

  const { body } = await api('POST', path, { email: 'ada@example.com', email_verified: false })

  assert.equal(body.set_up_link, `${url}/set-password?token=once`)
  assert.deepEqual([body.has_password, body.email_verified, body.timezone], [false, false, 'UTC'])
  const again = await api('GET', `${path}/${body.id}`)
  assert.ok(!('set_up_link' in again.body))
})

test('an address belongs to one user, however it is written', async (t) => {
  const { api } = await startAdminServer(t)
  const first = await api('POST', path, { email: 'ada@example.com' })
  const other = await api('POST', path, { email: 'bob@example.com' })

  const twice = await api('POST', path, { email: 'ADA@EXAMPLE.com' })
  const taken = await api('PATCH', `${path}/${other.body.id}`, { email: 'Ada@example.com' })
  const own = await api('PATCH', `${path}/${first.body.id}`, { email: 'Ada@example.com' })

  assert.deepEqual([twice.status, taken.status, own.status], [409, 409, 200])
  assert.equal(twice.body.errors[0].field, 'email')
  assert.equal(own.body.email, 'Ada@example.com')
})

test('two who want one address at a time do not both get it', async (t) => {
  const { api } = await startAdminServer(t)
  const emails = ['a@example.com', 'b@example.com', 'c@example.com']
  const users = await Promise.all(emails.map((email) => api('POST', path, { email })))

  const change = { email: 'wanted@example.com' }
  const answers = await Promise.all(
    users.map(({ body }) => api('PATCH', `${path}/${body.id}`, change)),
  )

  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
})

test('what is refused names the field', async (t) => {
  const { api } = await startAdminServer(t)
  const valid = { email: 'ada@example.com', password, name: 'Ada' }
  const refused: [change: object, field: string][] = [
    [{ email: undefined }, 'email'],
    [{ email: 'ada' }, 'email'],
    [{ email: 'a@b@c' }, 'email'],
    [{ email: 'a\0@example.com' }, 'email'],
    [{ email: "' or 1=1--@x y" }, 'email'],
    [{ email: ['a@example.com'] }, 'email'],
    [{ password: 'short' }, 'password'],
    [{ password: 'password1' }, 'password'],
    [{ password: 'ada@example.com' }, 'password'],
    [{ password: 'x'.repeat(257) }, 'password'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ name: 'a\0' }, 'name'],
    [{ timezone: 'Mars/Phobos' }, 'timezone'],
    [{ timezone: '+01:00' }, 'timezone'],
    [{ timezone: 'europe/london' }, 'timezone'],
    [{ roles: ['root'] }, 'roles'],
    [{ roles: 'admin' }, 'roles'],
    [{ email_verified: 'yes' }, 'email_verified'],
    // A157
    ...['id', 'is_admin', 'role', 'password_hash', 'created_at', 'is_active'].map(
      (name): [object, string] => [{ [name]: 'x' }, name],
    ),
  ]

  for (const [change, field] of refused) {
    const { status, body } = await api('POST', path, { ...valid, ...change })
    assert.equal(status, 400, JSON.stringify(change))
    assert.deepEqual(
      [...new Set(body.errors.map((error: { field: string }) => error.field))],
      [field],
    )
  }
})

suite('a change of a user', () => {
  test('touches what was given', async (t) => {
    const { api } = await startAdminServer(t)
    const { body: before } = await api('POST', path, { email: 'ada@example.com', password })

    const { body } = await api('PATCH', `${path}/${before.id}`, { name: 'Ada', timezone: 'UTC' })

    assert.deepEqual(body, { ...before, name: 'Ada' })
  })

  test('disabling ends sessions and families at once, enabling brings none back', async (t) => {
    const { api, db } = await startAdminServer(t)
    const { id, count } = await userWithSession(api, db)

    const disabled = await api('PATCH', `${path}/${id}`, { is_active: false })

    assert.equal(disabled.body.is_active, false)
    assert.deepEqual(await count(), { sessions: 0, families: 0 })
    const enabled = await api('PATCH', `${path}/${id}`, { is_active: true })
    assert.equal(enabled.body.is_active, true)
    assert.deepEqual(await count(), { sessions: 0, families: 0 })
  })

  test('a new password ends sessions and families, a new name ends nothing', async (t) => {
    const { api, db } = await startAdminServer(t)
    const { id, count } = await userWithSession(api, db)

    await api('PATCH', `${path}/${id}`, { name: 'Other' })
    assert.deepEqual(await count(), { sessions: 1, families: 1 })
    await api('PATCH', `${path}/${id}`, { password: 'another long pass phrase' })

    assert.deepEqual(await count(), { sessions: 0, families: 0 })
  })

  // A159
  test('other roles end the sessions and leave the apps’ tokens', async (t) => {
    const { api, db } = await startAdminServer(t)
    const { id, count } = await userWithSession(api, db)

    await api('PATCH', `${path}/${id}`, { roles: ['admin'] })

    assert.deepEqual(await count(), { sessions: 0, families: 1 })
  })

  test('another address is vouched for, unless the call says otherwise', async (t) => {
    const { api } = await startAdminServer(t)
    const { body } = await api('POST', path, { email: 'a@example.com', email_verified: false })

    const one = await api('PATCH', `${path}/${body.id}`, { email: 'b@example.com' })
    const two = await api('PATCH', `${path}/${body.id}`, {
      email: 'c@example.com',
      email_verified: false,
    })

    assert.deepEqual([one.body.email_verified, two.body.email_verified], [true, false])
  })

  test('of address, password or activity voids the links in old mails', async (t) => {
    const { api, db } = await startAdminServer(t)
    const { body } = await api('POST', path, { email: 'a@example.com', password })
    const changes = [
      { email: 'b@example.com' },
      { password: 'another pass phrase' },
      { is_active: false },
    ]
    const link = { accountId: body.id, lifetime: 60 }

    for (const purpose of ['reset_password', 'change_email'] as const) {
      for (const change of changes) {
        await api('PATCH', `${path}/${body.id}`, { email: 'a@example.com', is_active: true })
        const id = await createChallenge(db, { ...link, purpose, linkHash: randomBytes(32) })
        await api('PATCH', `${path}/${body.id}`, { name: 'Ada' })
        assert.ok(await findChallenge(db, id))
        await api('PATCH', `${path}/${body.id}`, change)
        assert.equal(await findChallenge(db, id), undefined, JSON.stringify(change))
      }
    }
  })

  test('of nobody is not found', async (t) => {
    const { api } = await startAdminServer(t)

    for (const id of [randomUUID(), 'x', '%00']) {
      assert.equal((await api('PATCH', `${path}/${id}`, { name: 'x' })).status, 404)
      assert.equal((await api('DELETE', `${path}/${id}`)).status, 404)
    }
  })
})

// A159
suite('the last active administrator', () => {
  test('cannot be demoted, disabled or deleted', async (t) => {
    const { api, admin } = await startAdminServer(t)
    const id = await admin()
    const { body: disabled } = await api('POST', path, { email: 'x@example.com', roles: ['admin'] })
    await api('PATCH', `${path}/${disabled.id}`, { is_active: false })

    const answers = [
      await api('PATCH', `${path}/${id}`, { roles: [] }),
      await api('PATCH', `${path}/${id}`, { is_active: false }),
      await api('DELETE', `${path}/${id}`),
    ]

    assert.deepEqual(
      answers.map(({ status }) => status),
      [409, 409, 409],
    )
    const { body } = await api('PATCH', `${path}/${id}`, { name: 'Root', roles: ['admin'] })
    assert.deepEqual([body.name, body.is_active, body.roles], ['Root', true, ['admin']])
  })

  test('stays when administrators remove each other at the same time', async (t) => {
    const { api, admin, db } = await startAdminServer(t)
    for (let round = 0; round < 5; round++) {
      await db.query('delete from accounts')
      const ids = [await admin('a@example.com'), await admin('b@example.com')]

      const answers = await Promise.all([
        api('DELETE', `${path}/${ids[0]}`),
        api('PATCH', `${path}/${ids[1]}`, { roles: [] }),
        api('PATCH', `${path}/${ids[1]}`, { is_active: false }),
      ])

      const { rows } = await db.query(
        `select id from accounts where roles @> '{admin}' and disabled_at is null`,
      )
      assert.equal(rows.length, 1, `round ${round}`)
      assert.ok(answers.every(({ status }) => [200, 204, 409].includes(status)))
    }
  })
})

test('a deleted user is gone with apps and sessions, and the trail remembers', async (t) => {
  const { api, db } = await startAdminServer(t)
  const { id, count } = await userWithSession(api, db)

  assert.equal((await api('DELETE', `${path}/${id}`)).status, 204)

  assert.equal((await api('GET', `${path}/${id}`)).status, 404)
  assert.deepEqual(await count(), { sessions: 0, families: 0 })
  const { body } = await api('GET', `/api/admin/audit?user=${id}`)
  const kinds = body.items.map(({ kind }: { kind: string }) => kind)
  assert.deepEqual(kinds, ['user.deleted', 'user.created'])
})

type Server = Awaited<ReturnType<typeof startAdminServer>>

async function userWithSession(api: Server['api'], db: Server['db']) {
  const { body } = await api('POST', path, { email: 'ada@example.com', password })
  const app = {
    name: 'Theirs',
    redirect_uris: ['https://a.example/cb'],
    scopes: [],
    owner: body.id,
  }
  const { body: client } = await api('POST', '/api/admin/apps', app)
  await db.query(
    `insert into sessions (session_hash, uid, account_id, expires_at)
     values ('\\x00', 'uid', $1, now() + interval '1 hour')`,
    [body.id],
  )
  const consent = randomUUID()
  await db.query('insert into consents (id, account_id, client_id) values ($1, $2, $3)', [
    consent,
    body.id,
    client.id,
  ])
  await db.query('insert into token_families (id, consent_id) values ($1, $2)', [
    randomUUID(),
    consent,
  ])
  const count = async () => {
    const { rows } = await db.query(
      `select (select count(*)::int from sessions) as sessions,
              (select count(*)::int from token_families where ended_at is null) as families`,
    )
    return { ...rows[0] }
  }
  return { id: body.id as string, count }
}
