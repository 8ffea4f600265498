import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recordEvent } from '#db/audit-events.ts'
import { type ForeignKey, foreignKeysOfAccounts, somebodyEverywhere } from './account-everywhere.ts'
import { adminToken, password } from './harness.ts'
import { bearer, send, sharedServer } from './requests.ts'

const server = await sharedServer()
const { db } = server
const everywhere = () => somebodyEverywhere(server)

/** The condition under which a row of a table hangs on this account. */
function hangsOn(keys: ForeignKey[], table: string, accountId: string): string {
  if (table === 'accounts') return `id = '${accountId}'`
  return keys
    .filter(({ child }) => child === table)
    .map(
      ({ column, parent, parentColumn }) =>
        `${column} in (select ${parentColumn} from ${parent} where ${hangsOn(keys, parent, accountId)})`,
    )
    .join(' or ')
}

const countOf = async (table: string, condition = 'true') =>
  (await db.query<{ n: number }>(`select count(*)::int as n from ${table} where ${condition}`))
    .rows[0]?.n ?? 0

async function allTables(): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select oid::regclass::text as name
       from pg_class
      where relkind in ('r', 'p') and not relispartition
        and relnamespace = current_schema()::regnamespace
      order by 1`,
  )
  return rows.map(({ name }) => name)
}

/** Where a text stands in any column of any row, arrays and JSON included. */
async function tablesWith(text: string): Promise<string[]> {
  const found: string[] = []
  for (const table of await allTables()) {
    const { rows } = await db.query(
      `select 1 from ${table} as row where strpos(lower(row::text), lower($1)) > 0 limit 1`,
      [text],
    )
    if (rows.length > 0) found.push(table)
  }
  return found
}

type Somebody = Awaited<ReturnType<typeof somebodyEverywhere>>

const ways = {
  'leaves by the own page': async ({ visitor }: Somebody) => {
    const page = await visitor.go('/account/delete')
    return (await visitor.submit(page, { current_password: password })).status
  },
  'is deleted by an administrator': async ({ user }: Somebody) => {
    const headers = bearer(adminToken)
    return (await send(server, `/api/admin/users/${user.id}`, { method: 'DELETE', headers })).status
  },
}

for (const [way, leave] of Object.entries(ways)) {
  test(`nothing but the audit trail is left of somebody who ${way}`, async () => {
    const somebody = await everywhere()
    const { user, own, machine, keyId } = somebody
    await recordEvent(db, { kind: 'app.created', actorType: 'user', clientId: own.id })
    await recordEvent(db, { kind: 'api_key.created', actorType: 'user', details: { key: keyId } })
    const keys = await foreignKeysOfAccounts(db)
    const hanging = [...new Set(['accounts', ...keys.map(({ child }) => child)])]
    const theirs = new Map<string, number>()
    for (const table of hanging) {
      const condition = hangsOn(keys, table, user.id)
      theirs.set(table, await countOf(table, condition))
    }
    const before = new Map<string, number>()
    for (const table of hanging) before.set(table, await countOf(table))

    const status = await leave(somebody)

    assert.ok(status === 200 || status === 204, String(status))
    for (const { child, column, onDelete } of keys) {
      assert.equal(onDelete, 'c', `${child}.${column} does not go with the account`)
    }
    for (const [table, count] of theirs) {
      // A new table wants its row in everywhere(), or nothing here says that it goes.
      assert.ok(count > 0, `${table}: nobody has a row in it`)
      const left = (await countOf(table)) - ((before.get(table) ?? 0) - count)
      // The challenge of an unfinished sign-up hangs on the address alone.
      assert.equal(left, table === 'email_challenges' ? -1 : 0, `${table}: ${left} left`)
    }
    for (const text of [user.email, `new-${user.id}`, 'Person ', own.name]) {
      assert.deepEqual(await tablesWith(text), [], text)
    }
    for (const id of [user.id, own.id, keyId]) {
      assert.deepEqual(new Set(await tablesWith(id)), new Set(['audit_events']), id)
    }
    // Where other people had used their app: names of no person, gone with those sessions.
    for (const id of [own.clientId, machine.clientId]) {
      const others = (await tablesWith(id)).filter(
        (table) => !/^(sessions|interactions)$/.test(table),
      )
      assert.deepEqual(others, [], id)
    }
  })
}

test('the audit trail names nobody by address or name', async () => {
  const { user, visitor } = await everywhere()
  const stranger = server.visitor()
  await stranger.submit(await stranger.go('/login'), { email: user.email, password: 'not it' })
  await ways['leaves by the own page']({ visitor } as Somebody)

  const { rows } = await db.query<{ kinds: string[] }>(
    `select array_agg(distinct kind) as kinds from audit_events where account_id = $1`,
    [user.id],
  )
  assert.ok(rows[0]?.kinds.includes('account.deleted'))
  assert.ok(rows[0]?.kinds.includes('consent.granted'))
  assert.equal((await tablesWith(user.email)).length, 0)
})
