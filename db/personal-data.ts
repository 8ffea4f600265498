import type { Db } from './database.ts'

/** What an app was given at one sign-in, and what it can still present of it. */
export interface SignInToApp {
  /** OAuth client_id. */
  clientId: string
  beganAt: Date
  endedAt: Date | null
  tokens: { kind: 'code' | 'access' | 'refresh'; scope: string; issuedAt: Date; expiresAt: Date }[]
}

const most = 10_000

/** Newest first. */
export async function listSignInsToApps(db: Db, accountId: string): Promise<SignInToApp[]> {
  const { rows } = await db.query<SignInToApp>(
    `select cl.client_id as "clientId", f.created_at as "beganAt", f.ended_at as "endedAt",
            (select coalesce(json_agg(json_build_object('kind', t.kind, 'scope', t.scope,
                      'issuedAt', t.issued_at, 'expiresAt', t.expires_at) order by t.issued_at), '[]')
               from (select 'code' as kind, scope, issued_at, expires_at
                       from authorization_codes
                      where family_id = f.id
                      union all
                     select 'access', scope, issued_at, expires_at
                       from access_tokens
                      where family_id = f.id
                      union all
                     select 'refresh', scope, issued_at, expires_at
                       from refresh_tokens
                      where family_id = f.id) t) as "tokens"
       from token_families f
       join consents c on c.id = f.consent_id
       join clients cl on cl.id = c.client_id
      where c.account_id = $1
      order by f.created_at desc
      limit ${most}`,
    [accountId],
  )
  return rows.map(({ tokens, ...rest }) => ({
    ...rest,
    tokens: tokens.map(({ issuedAt, expiresAt, ...token }) => ({
      ...token,
      issuedAt: new Date(issuedAt),
      expiresAt: new Date(expiresAt),
    })),
  }))
}

/** A link or a code that went to a mailbox, or the sign-up that waits for it. */
export interface MailedProof {
  purpose: string
  email: string | null
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

export async function listMailedProofs(
  db: Db,
  { id, emailKey }: { id: string; emailKey: string },
): Promise<MailedProof[]> {
  const { rows } = await db.query<MailedProof>(
    `select purpose, email, created_at as "createdAt", expires_at as "expiresAt",
            used_at as "usedAt"
       from email_challenges
      where account_id = $1 or (account_id is null and email_key = $2)
      order by created_at desc
      limit ${most}`,
    [id, emailKey],
  )
  return rows
}

/** A session that lives, or the browser in which one began. */
export interface KeptSession {
  signedInAt: Date
  expiresAt: Date
  userAgent: string | null
  ip: string | null
}

export async function listKeptSessions(db: Db, accountId: string): Promise<KeptSession[]> {
  const { rows } = await db.query<KeptSession>(
    `select coalesce(d.signed_in_at, s.signed_in_at, s.created_at) as "signedInAt",
            coalesce(s.expires_at, d.expires_at) as "expiresAt", d.user_agent as "userAgent", d.ip
       from (select uid, signed_in_at, created_at, expires_at
               from sessions
              where account_id = $1) s
       full join (select uid, signed_in_at, expires_at, user_agent, ip
                    from session_devices
                   where account_id = $1) d on d.uid = s.uid
      order by 1 desc
      limit ${most}`,
    [accountId],
  )
  return rows
}
