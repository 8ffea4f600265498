import type { Db } from './database.ts'

export interface NewSigningKey {
  kid: string
  algorithm: 'ES256' | 'RS256'
  publicJwk: object
  /** JWE under SECRET_KEY. */
  privateJwk: string
}

/**
 * waiting: published, signs later. signing. superseded: published until the last token it signed is
 * dead. retired: published no longer, but an old ID token is still a hint. revoked: gone.
 */
export type SigningKeyState = 'waiting' | 'signing' | 'superseded' | 'retired' | 'revoked'

export interface SigningKey {
  kid: string
  algorithm: 'ES256' | 'RS256'
  state: SigningKeyState
  createdAt: Date
  activeFrom: Date | null
  retiredAt: Date | null
  revokedAt: Date | null
  /** What the schedule wants of it now; several nodes may see it at once, one does it. */
  due: 'activate' | 'retire' | 'erase' | null
}

/** Seconds. */
export interface KeySchedule {
  /** How long a key signs. */
  period: number
  /** How long it is published before. */
  lead: number
  /** How long it is published after. */
  keep: number
  /** How long what it signed is a hint, after that. */
  hints: number
}

// As a common table, so that every statement knows the type of every parameter.
export const schedule = `with schedule as (
  select make_interval(secs => $1) as period, make_interval(secs => $2) as lead,
         make_interval(secs => $3) as keep, make_interval(secs => $4) as hints
)`
export const scheduleValues = ({ period, lead, keep, hints }: KeySchedule) => [
  period,
  lead,
  keep,
  hints,
]

export const others = `select 1
                  from signing_keys o, schedule
                 where o.algorithm = k.algorithm and o.revoked_at is null`

// Where there is no other one, clients have none in their caches to be patient for.
export const activateDue = `(k.active_from is null and k.revoked_at is null and not exists (
  ${others} and o.active_from is not null
            and (o.active_from > now() - schedule.period or k.created_at > now() - schedule.lead)))`

export const retireDue = `(k.retired_at is null and k.active_from is not null and exists (
  ${others} and o.active_from > k.active_from and o.active_from <= now() - schedule.keep))`

export const eraseDue = `(k.private_jwk is not null
  and k.retired_at <= now() - (select hints from schedule))`

const state = `case
  when k.revoked_at is not null then 'revoked'
  when k.retired_at is not null then 'retired'
  when k.active_from is null or k.active_from > now() then 'waiting'
  when exists (select 1
                 from signing_keys o
                where o.algorithm = k.algorithm and o.revoked_at is null
                  and o.active_from > k.active_from and o.active_from <= now()) then 'superseded'
  else 'signing'
end`

/** All that there ever were, or those that still serve for something; the latest first. */
export async function listSigningKeys(
  db: Db,
  times: KeySchedule,
  { which = 'all' }: { which?: 'all' | 'usable' } = {},
): Promise<SigningKey[]> {
  const { rows } = await db.query<SigningKey>(
    `${schedule}
     select k.kid, k.algorithm, ${state} as "state", k.created_at as "createdAt",
            k.active_from as "activeFrom", k.retired_at as "retiredAt", k.revoked_at as "revokedAt",
            case when ${activateDue} then 'activate'
                 when ${retireDue} then 'retire'
                 when ${eraseDue} then 'erase' end as "due"
       from signing_keys k
      where $5 or k.private_jwk is not null
      order by k.active_from desc nulls first, k.created_at desc, k.kid`,
    [...scheduleValues(times), which === 'all'],
  )
  return rows
}

/** What is published of these keys, and what they sign with. */
export async function readSigningKeys(
  db: Db,
  kids: string[],
): Promise<{ kid: string; publicJwk: object; privateJwk: string }[]> {
  const { rows } = await db.query<{ kid: string; publicJwk: object; privateJwk: string }>(
    `select kid, public_jwk as "publicJwk", private_jwk as "privateJwk"
       from signing_keys
      where kid = any($1) and private_jwk is not null`,
    [kids],
  )
  return rows
}

/** Publishes the key that will sign next. Of nodes that do so together one succeeds. */
export async function insertWaitingKey(db: Db, key: NewSigningKey): Promise<void> {
  await db.query(
    `insert into signing_keys (kid, algorithm, public_jwk, private_jwk, active_from)
     values ($1, $2, $3, $4, null)
     on conflict (algorithm) where active_from is null and revoked_at is null do nothing`,
    [key.kid, key.algorithm, JSON.stringify(key.publicJwk), key.privateJwk],
  )
}

/** Another encryption of the same private key, unless somebody was faster. */
export async function resealSigningKey(
  db: Db,
  { kid, from, to }: { kid: string; from: string; to: string },
): Promise<void> {
  await db.query(
    `update signing_keys
        set private_jwk = $3
      where kid = $1 and private_jwk = $2`,
    [kid, from, to],
  )
}
