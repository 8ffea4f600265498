import type { Db } from './database.ts'

/** Calls that stood on a consent, and the scopes that they needed. */
export interface ConsentUse {
  accountId: string
  /** OAuth client_id. */
  clientId: string
  scope: string
}

/** Keys that were used up to now. */
export async function noteKeysUsed(db: Db, ids: string[]): Promise<void> {
  await db.query('update api_keys set last_used_at = now() where id = any($1::uuid[])', [ids])
}

/** Consents that were used up to now; an empty scope is a call that needed none. */
export async function noteConsentsUsed(db: Db, uses: ConsentUse[]): Promise<void> {
  await db.query(
    `with used as (
       select c.id, u.scope
         from unnest($1::uuid[], $2::text[], $3::text[]) as u (account_id, client_id, scope)
         join clients cl on cl.client_id = u.client_id
         join consents c on c.account_id = u.account_id and c.client_id = cl.id
     ), scopes as (
       update consent_scopes s
          set last_used_at = now()
         from used
        where s.consent_id = used.id and s.scope = used.scope
     )
     update consents c
        set last_used_at = now()
      where c.id in (select id from used)`,
    [
      uses.map(({ accountId }) => accountId),
      uses.map(({ clientId }) => clientId),
      uses.map(({ scope }) => scope),
    ],
  )
}
