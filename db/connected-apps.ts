import type { Db } from './database.ts'
import { isText } from './values.ts'

/** An app as the person who allowed it something sees it. */
export interface ConnectedApp {
  /** OAuth client_id. */
  clientId: string
  name: string
  website: string | null
  /** An administrator switched it off: it can do nothing. */
  isDisabled: boolean
  connectedAt: Date
  lastUsedAt: Date | null
  scopes: ConnectedScope[]
}

export interface ConnectedScope {
  name: string
  grantedAt: Date
  lastUsedAt: Date | null
}

type Row = Omit<ConnectedApp, 'scopes'> & {
  scopes: { name: string; grantedAt: string; lastUsedAt: string | null }[]
}

/** Every app that this person allowed something, the newest first. */
export async function listConnectedApps(db: Db, accountId: string): Promise<ConnectedApp[]> {
  const { rows } = await db.query<Row>(
    `select cl.client_id as "clientId", cl.name, cl.website,
            cl.disabled_at is not null as "isDisabled", c.created_at as "connectedAt",
            c.last_used_at as "lastUsedAt",
            (select coalesce(json_agg(json_build_object(
                      'name', s.scope, 'grantedAt', s.granted_at,
                      'lastUsedAt', s.last_used_at) order by s.scope), '[]')
               from consent_scopes s
              where s.consent_id = c.id) as "scopes"
       from consents c
       join clients cl on cl.id = c.client_id
      where c.account_id = $1
      order by c.created_at desc, c.id`,
    [accountId],
  )
  return rows.map(({ scopes, ...app }) => ({
    ...app,
    scopes: scopes.map(({ name, grantedAt, lastUsedAt }) => ({
      name,
      grantedAt: new Date(grantedAt),
      lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
    })),
  }))
}

/** What was taken away, and from whom. */
export interface Withdrawn {
  /** The client's row. */
  clientRowId: string
  scopes: string[]
  /** Nothing was left, and so the consent ended. */
  isRemoved: boolean
}

/**
 * Leaves an app these of its scopes, and takes away all others: every living token loses them at
 * once. Where none is left the consent goes, and with it all that came of it. It never adds one.
 * undefined: the app is not connected.
 */
export async function keepScopes(
  db: Db,
  { accountId, clientId }: { accountId: string; clientId: string },
  kept: string[],
): Promise<Withdrawn | undefined> {
  if (!isText(clientId)) return undefined
  const { rows } = await db.query<Withdrawn>(
    `with consent as (
       select c.id, c.client_id
         from consents c
         join clients cl on cl.id = c.client_id
        where c.account_id = $1 and cl.client_id = $2
          for update of c
     ), withdrawn as (
       delete from consent_scopes s
        using consent
        where s.consent_id = consent.id and s.scope <> all($3::text[])
       returning s.scope
     ), narrowed as (
       update consents c
          set updated_at = now()
         from consent
        where c.id = consent.id
          and exists (select 1
                        from consent_scopes s
                       where s.consent_id = consent.id and s.scope = any($3))
       returning c.id
     ), ended as (
       delete from consents c
        using consent
        where c.id = consent.id
          and not exists (select 1
                            from consent_scopes s
                           where s.consent_id = consent.id and s.scope = any($3))
       returning c.id
     )
     select client_id as "clientRowId",
            array(select scope from withdrawn order by scope) as "scopes",
            exists (select 1 from ended) as "isRemoved"
       from consent`,
    [accountId, clientId, kept.filter(isText)],
  )
  return rows[0]
}
