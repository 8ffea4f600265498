import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Db } from '#db/database.ts'
import { createChallenge } from '#db/email-challenges.ts'
import { apiKeyFor } from './gateway.ts'
import { codeFor, password, post, type TestServer, type TestUser, tokensFor } from './harness.ts'

export interface ForeignKey {
  child: string
  column: string
  parent: string
  parentColumn: string
  /** c: cascade. */
  onDelete: string
}

/**
 * Every foreign key by which a table hangs on the accounts, however far away. Not those within a
 * table: a key in the place of another goes with its account by a column of its own.
 */
export async function foreignKeysOfAccounts(db: Db): Promise<ForeignKey[]> {
  const { rows } = await db.query<ForeignKey>(
    `with recursive hanging as (
       select 'accounts'::regclass::oid as id
        union
       select k.conrelid
         from pg_constraint k
         join hanging on hanging.id = k.confrelid
        where k.contype = 'f' and k.conparentid = 0
     )
     select k.conrelid::regclass::text as "child", c.attname as "column",
            k.confrelid::regclass::text as "parent", p.attname as "parentColumn",
            k.confdeltype as "onDelete"
       from pg_constraint k
       join hanging on hanging.id = k.confrelid
       join pg_attribute c on c.attrelid = k.conrelid and c.attnum = k.conkey[1]
       join pg_attribute p on p.attrelid = k.confrelid and p.attnum = k.confkey[1]
      where k.contype = 'f' and k.conparentid = 0 and k.conrelid <> k.confrelid
      order by 1, 2`,
  )
  return rows
}

/** Somebody of whom there is a row in every table that can have one. */
export async function somebodyEverywhere(server: TestServer) {
  const user = await server.user({ name: `Person ${randomUUID()}` })
  const app = await server.client()
  await tokensFor(server, app, user)
  await codeFor(server, app, user)
  const own = await server.client({ ownerId: user.id, name: `Own ${randomUUID()}` })
  const machine = await server.client({ ownerId: user.id, type: 'machine' })
  await tokensFor(server, own, await server.user())
  await post(server, '/api/oauth/token', { grant_type: 'client_credentials' }, machine)
  const { id: keyId } = await apiKeyFor(server, user, ['IDENTITY'])
  const visitor = server.visitor({ 'user-agent': `Browser of ${user.id}` })
  await visitor.submit(await visitor.go('/login'), { email: user.email, password })
  await visitor.submit(
    await visitor.go('/account'),
    { email: `new-${user.id}@example.com`, email_password: password },
    { form: 'form[action="/account/email/ask"]' },
  )
  await unfinishedSignUp(server.db, user)
  return { user, visitor, own, machine, keyId }
}

/** Begun under the address before there was an account. */
const unfinishedSignUp = (tx: Db, { email }: TestUser) =>
  createChallenge(tx, {
    purpose: 'sign_up',
    linkHash: createHash('sha256').update(randomBytes(32)).digest(),
    lifetime: 3600,
    email,
    emailKey: email,
    name: `Signing up as ${email}`,
    passwordHash: '$argon2id$…',
  })
