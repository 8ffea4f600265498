import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '#db/database.ts'

// Families with the codes and tokens that years of use leave behind; ages in seconds before now.

const hour = 3600
const day = 24 * hour
const hash = (text: string) => createHash('sha256').update(text).digest('hex')

interface Row {
  /** What a client would present, where one still can. */
  secret: string
  hash: string
  family: string
  /** Seconds from now. */
  expires: number
  consumed: boolean
}

interface Family {
  id: string
  created: number
  ended: boolean
}

export interface Histories {
  families: Family[]
  codes: Row[]
  accessTokens: Row[]
  refreshTokens: Row[]
}

/** random: numbers from 0 to 1, so that a run can be had again. */
export function someHistories(count: number, random: () => number): Histories {
  const all: Histories = { families: [], codes: [], accessTokens: [], refreshTokens: [] }
  for (let index = 0; index < count; index++) addFamily(all, random)
  return all
}

function addFamily(all: Histories, random: () => number): void {
  const chance = (share: number) => random() < share
  // Half began within a month; none of their ends is so near to now that a slow test passes it.
  const created = -Math.round(chance(0.5) ? random() * 30 * day : random() * 500 * day) - 30 * 60
  const family = { id: randomUUID(), created, ended: chance(0.15) }
  const row = (age: number, lifetime: number, consumed: boolean): Row => {
    const secret = randomUUID()
    const end = age + lifetime
    const expires = Math.abs(end) < 5 * 60 ? -10 * 60 : end
    return { secret, hash: hash(secret), family: family.id, expires, consumed }
  }
  all.families.push(family)
  const redeemed = chance(0.8)
  // A living code: of a family that is younger than any other.
  const code = row(chance(0.1) ? -1 : created, 10 * 60, redeemed)
  all.codes.push(code)
  if (!redeemed) return
  const refreshes = chance(0.85)
  let at = created
  for (let rotations = 0; rotations < 12; rotations++) {
    all.accessTokens.push(row(at, hour, false))
    if (!refreshes) return
    const next = at + Math.round(random() * 29 * day)
    const last = next > -60 || chance(0.15) || rotations === 11
    all.refreshTokens.push(row(at, 30 * day, !last))
    if (last) return
    at = next
  }
}

export async function storeHistories(db: Db, consentId: string, all: Histories): Promise<void> {
  const insert = (statement: string, rows: object[]) =>
    db.query(statement, [JSON.stringify(rows), consentId])
  await insert(
    `insert into token_families (id, consent_id, created_at, ended_at, end_reason, review_at)
     select r.id, $2, now() + r.created * interval '1s',
            case when r.ended then now() - interval '1 minute' end,
            case when r.ended then 'revoked' end,
            now() + r.created * interval '1s' + interval '1 day'
       from jsonb_to_recordset($1) as r (id uuid, created int, ended boolean)`,
    all.families,
  )
  await insert(
    `insert into authorization_codes
       (code_hash, family_id, scope, redirect_uri, auth_time, issued_at, expires_at, consumed_at)
     select decode(r.hash, 'hex'), r.family, 'IDENTITY', 'https://app.example/', now(), now(),
            now() + r.expires * interval '1s',
            case when r.consumed then now() + (r.expires - 500) * interval '1s' end
       from jsonb_to_recordset($1) as r (hash text, family uuid, expires int, consumed boolean)
      where $2::uuid is not null`,
    all.codes,
  )
  await insert(
    `insert into access_tokens (token_hash, family_id, scope, expires_at)
     select decode(r.hash, 'hex'), r.family, 'IDENTITY', now() + r.expires * interval '1s'
       from jsonb_to_recordset($1) as r (hash text, family uuid, expires int)
      where $2::uuid is not null`,
    all.accessTokens,
  )
  await insert(
    `insert into refresh_tokens
       (token_hash, family_id, scope, first_issued_at, expires_at, consumed_at)
     select decode(r.hash, 'hex'), r.family, 'IDENTITY', now(),
            now() + r.expires * interval '1s',
            case when r.consumed then now() - interval '20 minutes' end
       from jsonb_to_recordset($1) as r (hash text, family uuid, expires int, consumed boolean)
      where $2::uuid is not null`,
    all.refreshTokens,
  )
}

/**
 * What a request could still tell from its absence, said without a look at db/purge.ts: a living
 * token or code; a spent refresh token that is not over, as reuse; a spent code as long as a token
 * of its family lives, which its replay would have to end.
 */
export function neededOf({ families, codes, accessTokens, refreshTokens }: Histories): Set<string> {
  const alive = new Set(families.filter(({ ended }) => !ended).map(({ id }) => id))
  const lives = ({ expires, family }: Row) => expires > 0 && alive.has(family)
  const tokens = [...accessTokens, ...refreshTokens].filter(lives)
  const withTokens = new Set(tokens.map(({ family }) => family))
  const neededCodes = codes.filter(
    (code) => lives(code) || (code.consumed && withTokens.has(code.family)),
  )
  const rows = [...tokens, ...neededCodes]
  return new Set(rows.flatMap(({ hash, family }) => [hash, family]))
}

/** Everything in the four tables, by the same names. */
export async function storedRows(db: Db): Promise<Set<string>> {
  const { rows } = await db.query<{ name: string }>(
    `select id::text as name from token_families
      union all select encode(code_hash, 'hex') from authorization_codes
      union all select encode(token_hash, 'hex') from access_tokens
      union all select encode(token_hash, 'hex') from refresh_tokens`,
  )
  return new Set(rows.map(({ name }) => name))
}
