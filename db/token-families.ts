import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'

export type EndReason =
  | 'revoked'
  | 'code_reuse'
  | 'refresh_reuse'
  | 'password_change'
  | 'account_disabled'
  | 'logout'

export interface LiveFamily {
  id: string
  accountId: string
  /** OAuth client_id. */
  clientId: string
  /** The consent's scopes as they are now. */
  scopes: string[]
}

export async function startFamily(db: Db, consentId: string): Promise<string> {
  const id = randomUUID()
  await db.query('insert into token_families (id, consent_id) values ($1, $2)', [id, consentId])
  return id
}

/** The family if it and all it stands on (consent, client, account) is alive. */
export async function findLiveFamily(db: Db, id: string): Promise<LiveFamily | undefined> {
  const { rows } = await db.query<LiveFamily>(
    `select f.id, c.account_id as "accountId", cl.client_id as "clientId",
            array(select s.scope from consent_scopes s where s.consent_id = c.id) as "scopes"
       from token_families f
       join consents c  on c.id = f.consent_id
       join clients cl  on cl.id = c.client_id and cl.disabled_at is null
       join accounts a  on a.id = c.account_id and a.disabled_at is null
      where f.id = $1 and f.ended_at is null`,
    [id],
  )
  return rows[0]
}

/** Ends the family; the first reason stays. True if it was alive. */
export async function endFamily(db: Db, id: string, reason: EndReason): Promise<boolean> {
  const { rowCount } = await db.query(
    `update token_families
        set ended_at = now(), end_reason = $2
      where id = $1 and ended_at is null`,
    [id, reason],
  )
  return rowCount > 0
}

/** Ends every family of a person: all devices, all apps; consents stay. */
export async function endFamiliesOfAccount(
  db: Db,
  accountId: string,
  reason: EndReason,
): Promise<number> {
  const { rowCount } = await db.query(
    `update token_families f
        set ended_at = now(), end_reason = $2
       from consents c
      where c.id = f.consent_id and c.account_id = $1 and f.ended_at is null`,
    [accountId, reason],
  )
  return rowCount
}
