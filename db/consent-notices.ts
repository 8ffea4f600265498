import type { Db } from './database.ts'

/** A consent that can be ended by a link, and whose it is. */
export interface NoticedConsent {
  accountId: string
  /** The client's row. */
  clientRowId: string
  clientName: string
}

export async function createNotice(
  db: Db,
  /** lifetime in seconds. */
  { linkHash, consentId, lifetime }: { linkHash: Buffer; consentId: string; lifetime: number },
): Promise<void> {
  await db.query(
    `insert into consent_notices (link_hash, consent_id, expires_at)
     values ($1, $2, now() + make_interval(secs => $3))`,
    [linkHash, consentId, lifetime],
  )
}

const noticed = `
  select c.id, c.account_id as "accountId", c.client_id as "clientRowId", cl.name as "clientName"
    from consent_notices n
    join consents c on c.id = n.consent_id
    join clients cl on cl.id = c.client_id
   where n.link_hash = $1 and n.expires_at > now()`

/** Looks only: mail scanners open links. undefined: it is over, or what it ends has ended. */
export async function findNotice(db: Db, linkHash: Buffer): Promise<NoticedConsent | undefined> {
  const { rows } = await db.query<NoticedConsent>(noticed, [linkHash])
  return rows[0]
}

/** Ends the consent with every token that stands on it, for the one caller that comes first. */
export async function endNoticedConsent(
  db: Db,
  linkHash: Buffer,
): Promise<NoticedConsent | undefined> {
  const { rows } = await db.query<NoticedConsent>(
    `with noticed as (${noticed}),
     ended as (
       delete from consents c
        using noticed
        where c.id = noticed.id
       returning c.id
     )
     select noticed."accountId", noticed."clientRowId", noticed."clientName"
       from noticed
       join ended on ended.id = noticed.id`,
    [linkHash],
  )
  return rows[0]
}
