import type { Db } from '#db/database.ts'

/** What a sweep of the rows stored here has to remove. */
export const expected = {
  access_tokens: 400_000,
  refresh_tokens: 300_000,
  sessions: 50_000,
  replay_records: 50_000,
  token_families: 100_000,
}

/** With the code of each family, which leaves with it: a million rows. */
export const expiredRows =
  Object.values(expected).reduce((sum, count) => sum + count) + expected.token_families

/** Families that still live, each with a spent code, an access and a refresh token: needed, all. */
export const livingFamilies = 20_000

export async function storeRows(db: Db, consentId: string): Promise<void> {
  await db.transaction(
    async (tx) => {
      for (const statement of statements) {
        await tx.query(statement.replaceAll('$consent', `'${consentId}'::uuid`))
      }
    },
    { timeoutSeconds: 900 },
  )
  for (const table of ['authorization_codes', 'token_families', ...Object.keys(expected)]) {
    await db.transaction((tx) => tx.query(`analyze ${table}`), { timeoutSeconds: 60 })
  }
}

const hash = 'sha256(gen_random_uuid()::text::bytea)'
// The ends of years of use, none like another.
const longAgo = `now() - interval '2 hours' - random() * interval '300 days'`

const statements = [
  `create temporary table old on commit drop as
   select gen_random_uuid() as id, n
     from generate_series(1, ${expected.token_families}) as n`,
  `create temporary table young on commit drop as
   select gen_random_uuid() as id
     from generate_series(1, ${livingFamilies})`,
  `insert into token_families (id, consent_id, created_at, review_at)
   select id, $consent, now() - interval '400 days', ${longAgo} from old
    union all
   select id, $consent, now() - interval '9 days', now() - interval '8 days' from young`,
  `insert into authorization_codes
     (code_hash, family_id, scope, redirect_uri, auth_time, expires_at, consumed_at)
   select ${hash}, id, 'IDENTITY', 'https://app.example/', now(), now() - interval '399 days',
          now() - interval '399 days'
     from old
    union all
   select ${hash}, id, 'IDENTITY', 'https://app.example/', now(), now() - interval '9 days',
          now() - interval '9 days'
     from young`,
  `insert into access_tokens (token_hash, family_id, scope, expires_at)
   select ${hash}, id, 'IDENTITY', ${longAgo}
     from old, generate_series(1, 4)
    union all
   select ${hash}, id, 'IDENTITY', now() + interval '1 hour' from young`,
  `insert into refresh_tokens
     (token_hash, family_id, scope, rotations, first_issued_at, expires_at, consumed_at)
   select ${hash}, id, 'IDENTITY', r, now(), ${longAgo}, now() - interval '300 days'
     from old, generate_series(0, 2) as r
    union all
   select ${hash}, id, 'IDENTITY', 0, now(), now() + interval '20 days', null from young`,
  `insert into sessions (session_hash, uid, expires_at)
   select ${hash}, gen_random_uuid()::text, ${longAgo}
     from generate_series(1, ${expected.sessions})`,
  `insert into replay_records (record_hash, expires_at)
   select ${hash}, ${longAgo}
     from generate_series(1, ${expected.replay_records})`,
]
