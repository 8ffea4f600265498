import type { Database, Db } from '#db/database.ts'
import { accessTokenPrefix, refreshTokenPrefix } from '../server/src/provider/token-ids.ts'
import { app } from './world.ts'

/** People with the app's consent, ten families of tokens for each of them. */
const familiesPerPerson = 10

/** Of the family with this number, from one. */
export const accessTokenOf = (family: number): string => accessTokenPrefix + digits(family, 'u')
export const refreshTokenOf = (family: number): string => refreshTokenPrefix + digits(family, 'r')

const digits = (family: number, kind: string) => kind + String(family).padStart(43, '0')

/** Fills the tables by their own database: half of the tokens access, half refresh tokens. */
export async function addLiveTokens(
  db: Database,
  clientRowId: string,
  tokens: number,
): Promise<{ families: number }> {
  const families = Math.round(tokens / 2)
  const accounts = Math.ceil(families / familiesPerPerson)
  await db.transaction(
    async (tx) => {
      await addPeople(tx, clientRowId, accounts)
      await addFamilies(tx, families, accounts)
    },
    { timeoutSeconds: 600 },
  )
  for (const table of ['accounts', 'consents', 'consent_scopes', 'token_families']) {
    await db.query(`analyze ${table}`)
  }
  for (const table of ['access_tokens', 'refresh_tokens']) await db.query(`analyze ${table}`)
  return { families }
}

async function addPeople(db: Db, clientRowId: string, accounts: number): Promise<void> {
  await db.query(
    `create temporary table new_consents on commit drop as
     select n, gen_random_uuid() as account_id, gen_random_uuid() as consent_id
       from generate_series(1, $1::int) n`,
    [accounts],
  )
  await db.query(
    `insert into accounts (id, email, email_key, email_verified_at, name)
     select account_id, 'many' || n || '@bench.example', 'many' || n || '@bench.example', now(), 'Many'
       from new_consents`,
  )
  await db.query(
    `insert into consents (id, account_id, client_id)
     select consent_id, account_id, $1 from new_consents`,
    [clientRowId],
  )
  await db.query(
    `insert into consent_scopes (consent_id, scope)
     select consent_id, scope from new_consents, unnest($1::text[]) scope`,
    [app.scope.split(' ')],
  )
}

async function addFamilies(db: Db, families: number, accounts: number): Promise<void> {
  await db.query(
    `create temporary table new_families on commit drop as
     select f as n, gen_random_uuid() as id, c.consent_id
       from generate_series(1, $1::int) f
       join new_consents c on c.n = 1 + f % $2::int`,
    [families, accounts],
  )
  await db.query(
    `insert into token_families (id, consent_id)
     select id, consent_id from new_families`,
  )
  const hash = "sha256(convert_to($1 || lpad(n::text, 43, '0'), 'UTF8'))"
  await db.query(
    `insert into access_tokens (token_hash, family_id, scope, gty, expires_at)
     select ${hash}, id, $2, 'authorization_code', now() + interval '1 hour'
       from new_families order by random()`,
    [`${accessTokenPrefix}u`, app.scope],
  )
  await db.query(
    `insert into refresh_tokens
       (token_hash, family_id, scope, gty, auth_time, first_issued_at, expires_at)
     select ${hash}, id, $2, 'authorization_code', now(), now(), now() + interval '30 days'
       from new_families order by random()`,
    [`${refreshTokenPrefix}r`, app.scope],
  )
}
