import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'

export interface Consent {
  id: string
  accountId: string
  /** OAuth client_id, not the row's id. */
  clientId: string
  scopes: string[]
}

const columns = `
  c.id, c.account_id as "accountId", cl.client_id as "clientId",
  array(select s.scope from consent_scopes s where s.consent_id = c.id order by s.scope) as "scopes"`

export async function findConsent(db: Db, id: string): Promise<Consent | undefined> {
  const { rows } = await db.query<Consent>(
    `select ${columns}
       from consents c
       join clients cl on cl.id = c.client_id
      where c.id = $1`,
    [id],
  )
  return rows[0]
}

/** What this person has allowed this client so far. */
export async function findConsentOf(
  db: Db,
  accountId: string,
  clientId: string,
): Promise<Consent | undefined> {
  const { rows } = await db.query<Consent>(
    `select ${columns}
       from consents c
       join clients cl on cl.id = c.client_id
      where c.account_id = $1 and cl.client_id = $2`,
    [accountId, clientId],
  )
  return rows[0]
}

/** Adds scopes to the consent, which begins here if there was none. Never takes one away. */
export async function grantScopes(
  db: Db,
  grant: { accountId: string; clientRowId: string; scopes: string[] },
): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `with consent as (
       insert into consents (id, account_id, client_id)
       values ($1, $2, $3)
       on conflict (account_id, client_id) do update set updated_at = now()
       returning id
     ), added as (
       insert into consent_scopes (consent_id, scope)
       select consent.id, scope from consent, unnest($4::text[]) as scope
       on conflict do nothing
     )
     select id from consent`,
    [randomUUID(), grant.accountId, grant.clientRowId, grant.scopes],
  )
  const row = rows[0]
  if (!row) throw new Error('consent was not stored')
  return row.id
}

/** What was taken out of a consent, and whether nothing was left of it. */
export interface Withdrawal {
  scopes: string[]
  ended: boolean
}

/**
 * Takes scopes out of a consent: every living token loses them at once. With the last one the
 * consent goes, and with it all that came of it: narrowing to nothing is removing.
 */
export async function withdrawScopes(
  db: Db,
  consentId: string,
  scopes: string[],
): Promise<Withdrawal> {
  const { rows } = await db.query<Withdrawal>(
    `with narrowed as (
       delete from consent_scopes
        where consent_id = $1 and scope = any($2::text[])
       returning scope
     ), ended as (
       delete from consents
        where id = $1
          and not exists (select 1
                            from consent_scopes
                           where consent_id = $1 and scope <> all($2::text[]))
       returning id
     )
     select array(select scope from narrowed order by scope) as "scopes",
            exists (select 1 from ended) as "ended"`,
    [consentId, scopes],
  )
  return rows[0] ?? { scopes: [], ended: false }
}

/** OAuth client_ids of the apps that this person has allowed something. */
export async function clientIdsOfConsents(db: Db, accountId: string): Promise<string[]> {
  const { rows } = await db.query<{ clientId: string }>(
    `select cl.client_id as "clientId"
       from consents c
       join clients cl on cl.id = c.client_id
      where c.account_id = $1
      order by c.updated_at desc
      limit 100`,
    [accountId],
  )
  return rows.map(({ clientId }) => clientId)
}

/** Ends all that this person allowed this client, every token with it; false: it was nothing. */
export async function removeConsentOf(
  db: Db,
  accountId: string,
  clientRowId: string,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'delete from consents where account_id = $1 and client_id = $2',
    [accountId, clientRowId],
  )
  return rowCount > 0
}

/** Takes scopes out of every consent to a client, and every machine token of it that has one. */
export async function withdrawScopesOfClient(
  db: Db,
  clientRowId: string,
  scopes: string[],
): Promise<void> {
  await db.query(
    `with machine as (
       delete from access_tokens
        where client_id = $1 and string_to_array(scope, ' ') && $2::text[]
     ), narrowed as (
       delete from consent_scopes s
        using consents c
        where c.id = s.consent_id and c.client_id = $1 and s.scope = any($2)
     )
     delete from consents c
      where c.client_id = $1
        and not exists (select 1
                          from consent_scopes s
                         where s.consent_id = c.id and s.scope <> all($2))`,
    [clientRowId, scopes],
  )
}
