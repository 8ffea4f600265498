import { createHash, randomBytes } from 'node:crypto'
import { openDatabase } from '#db/database.ts'

/** Access tokens of so many people, straight in the database of the server that is measured. */
export async function makeTokens(databaseUrl: string, count: number): Promise<string[]> {
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  const values = Array.from({ length: count }, () => {
    return `agpt_xt_u${randomBytes(32).toString('base64url')}`
  })
  try {
    await db.query(
      `insert into consent_scopes (consent_id, scope)
       select id, scope from consents, unnest('{READ_GRAPH,WRITE_GRAPH}'::text[]) as scope
       on conflict do nothing`,
    )
    await db.query(
      `with consent as (
         select id, row_number() over (order by id) - 1 as n, count(*) over () as many from consents
       ), token as (
         select hash, n from unnest($1::text[]) with ordinality as t (hash, n)
       ), family as (
         insert into token_families (id, consent_id)
         select gen_random_uuid(), id from consent
         returning id, consent_id
       )
       insert into access_tokens (token_hash, family_id, scope, expires_at)
       select decode(token.hash, 'hex'), family.id, 'READ_GRAPH WRITE_GRAPH', now() + interval '1 day'
         from token
         join consent on consent.n = token.n % consent.many
         join family on family.consent_id = consent.id`,
      [values.map((value) => createHash('sha256').update(value).digest('hex'))],
    )
  } finally {
    await db.close()
  }
  return values
}
