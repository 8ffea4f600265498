import type { Db } from './database.ts'

/** Whose it is says the statement that stores it (token-requests.ts). */
export interface NewAccessToken {
  tokenHash: Buffer
  scope: string
  gty: string | undefined
  details: object
  /** Seconds since the epoch by the server's own clock: only the time between the two is stored. */
  issuedAt: number
  expiresAt: number
}

export interface AccessToken {
  familyId: string | null
  accountId: string | null
  /** OAuth client_id. */
  clientId: string
  scope: string
  /** null for a machine's token, which stands on no consent. */
  consentScopes: string[] | null
  gty: string | null
  details: Record<string, unknown>
  issuedAt: number
  expiresAt: number
}

/** A living token: not expired or revoked, its family, consent, client and account alive too. */
export async function findAccessToken(db: Db, tokenHash: Buffer): Promise<AccessToken | undefined> {
  const { rows } = await db.query<AccessToken>(
    `select t.family_id as "familyId", c.account_id as "accountId", cl.client_id as "clientId",
            t.scope, t.gty, t.details,
            extract(epoch from t.issued_at)::int as "issuedAt",
            extract(epoch from t.expires_at)::int as "expiresAt",
            case when c.id is not null then
              array(select s.scope from consent_scopes s where s.consent_id = c.id)
            end as "consentScopes"
       from access_tokens t
       left join token_families f on f.id = t.family_id
       left join consents c       on c.id = f.consent_id
       left join accounts a       on a.id = c.account_id
       join clients cl            on cl.id = coalesce(c.client_id, t.client_id)
      where t.token_hash = $1
        and t.expires_at > now()
        and cl.disabled_at is null
        and (t.family_id is null
             or (f.ended_at is null and a.id is not null and a.disabled_at is null))`,
    [tokenHash],
  )
  return rows[0]
}

export async function deleteAccessToken(db: Db, tokenHash: Buffer): Promise<void> {
  await db.query('delete from access_tokens where token_hash = $1', [tokenHash])
}
