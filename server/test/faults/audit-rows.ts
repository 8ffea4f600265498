import type pg from 'pg'
import { sha256 } from './grants.ts'
import type { Held } from './lineage.ts'

/** What the database says by itself: I1, I2, I5 and I9, and I3 for every token that was received. */
export async function violationsInRows(
  client: pg.Client,
  { held, secrets }: { held: Held[]; secrets: string[] },
): Promise<string[]> {
  const found: string[] = []
  for (const [violation, query] of Object.entries(forbidden)) {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from (${query}) x`,
    )
    if (rows[0]?.n) found.push(`${violation} (${rows[0].n})`)
  }
  const lost = await countLost(client, held)
  if (lost) found.push(`I3 ${lost} tokens that clients received are not alive in the database`)
  return [...found, ...(await plainSecrets(client, secrets))]
}

/** Each finds nothing, or something is wrong. */
const forbidden: Record<string, string> = {
  'I1 two codes began one family': `
    select family_id
      from authorization_codes
     group by family_id
    having count(*) > 1`,
  'I1 a code gave more than one access token': `
    select family_id
      from access_tokens
     where gty = 'authorization_code'
     group by family_id
    having count(*) > 1`,
  'I1 a code gave more than one refresh token': `
    select family_id
      from refresh_tokens
     where rotations = 0
     group by family_id
    having count(*) > 1`,
  'I1 a code gave tokens and is not spent': `
    select 1
      from authorization_codes c
     where consumed_at is null
       and exists (select 1 from access_tokens t where t.family_id = c.family_id)`,
  'I2 a family has more than one refresh token that can be used': `
    select t.family_id
      from refresh_tokens t
      join token_families f on f.id = t.family_id and f.ended_at is null
     where t.consumed_at is null and t.expires_at > now()
     group by t.family_id
    having count(*) > 1`,
  'I2 a family was rotated twice from the same place': `
    select family_id
      from refresh_tokens
     group by family_id, rotations
    having count(*) > 1`,
  'I9 an event is there twice': `
    select request_id
      from audit_events
     where request_id is not null
     group by request_id, kind, actor_id, account_id, client_id, details
    having count(*) > 1`,
  // What belongs together is one transaction, so the times are equal.
  'I9 a password was set and nobody wrote it down': `
    select 1
      from accounts a
     where a.password_changed_at > a.created_at + interval '1ms'
       and not exists (select 1
                         from audit_events e
                        where e.account_id = a.id and e.at = a.password_changed_at)`,
  'I9 a link was used and nobody wrote it down': `
    select 1
      from email_challenges c
     where c.used_at is not null and c.account_id is not null
       and not exists (select 1
                         from audit_events e
                        where e.account_id = c.account_id and e.at = c.used_at)`,
}

async function countLost(client: pg.Client, held: Held[]): Promise<number> {
  const hashes = held.filter(({ fate }) => fate === 'alive').map(({ token }) => sha256(token))
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n
       from unnest($1::bytea[]) as received (hash)
      where not exists (select 1
                          from (select token_hash, family_id, expires_at
                                  from access_tokens
                                 union all
                                select token_hash, family_id, expires_at
                                  from refresh_tokens
                                 where consumed_at is null) t
                          left join token_families f on f.id = t.family_id
                         where t.token_hash = received.hash
                           and t.expires_at > now() and f.ended_at is null)`,
    [hashes],
  )
  return rows[0]?.n ?? 0
}

// Everything of ours that is secret begins with agpt_ and is long; client ids only are public.
const ours = 'agpt_(?!client_)[A-Za-z0-9_-]{20,}'

/** I5. What has no prefix of ours (codes, passwords) is looked for as text and as bytes. */
async function plainSecrets(client: pg.Client, secrets: string[]): Promise<string[]> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select quote_ident(table_name) as name
       from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE'`,
  )
  const sample = secrets.slice(0, 100)
  const spellings = [...sample, ...sample.map((secret) => Buffer.from(secret).toString('hex'))]
  const found: string[] = []
  for (const { name } of tables) {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n
         from (select t::text as whole from ${name} t) x
        where whole ~ $1
           or exists (select 1 from unnest($2::text[]) as secret where strpos(whole, secret) > 0)`,
      [ours, spellings],
    )
    if (rows[0]?.n) found.push(`I5 ${rows[0].n} rows of ${name} hold a secret as it is`)
  }
  return found
}
