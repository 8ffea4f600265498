import type { Db } from './database.ts'
import {
  activateDue,
  eraseDue,
  type KeySchedule,
  type NewSigningKey,
  others,
  retireDue,
  schedule,
  scheduleValues,
} from './signing-keys.ts'

export interface MovedKey {
  kid: string
  algorithm: string
  activeFrom: Date
}

/** Lets the waiting keys sign whose turn it is; those that this call moved. */
export async function activateDueKeys(db: Db, times: KeySchedule): Promise<MovedKey[]> {
  const { rows } = await db.query<MovedKey>(
    `${schedule}
     update signing_keys k
        set active_from = now()
      where ${activateDue}
      returning kid, algorithm, active_from as "activeFrom"`,
    scheduleValues(times),
  )
  return rows
}

/** Takes the keys out of the JWKS whose last token is dead; those that this call moved. */
export async function retireDueKeys(db: Db, times: KeySchedule): Promise<MovedKey[]> {
  const { rows } = await db.query<MovedKey>(
    `${schedule}
     update signing_keys k
        set retired_at = now()
      where ${retireDue}
      returning kid, algorithm, active_from as "activeFrom"`,
    scheduleValues(times),
  )
  return rows
}

/** Forgets the private keys that nothing needs any more. */
export async function eraseDueKeys(db: Db, times: KeySchedule): Promise<void> {
  await db.query(
    `${schedule}
     update signing_keys k
        set private_jwk = null
      where ${eraseDue}`,
    scheduleValues(times),
  )
}

/** The same by command: as soon as clients had time to see them. A rotation under way is left alone. */
export async function activateWaitingKeys(db: Db, times: KeySchedule): Promise<MovedKey[]> {
  const { rows } = await db.query<MovedKey>(
    `${schedule}
     update signing_keys k
        set active_from = greatest(now(), k.created_at + (select lead from schedule))
      where k.active_from is null and k.revoked_at is null
        and not exists (${others} and o.active_from > now())
      returning kid, algorithm, active_from as "activeFrom"`,
    scheduleValues(times),
  )
  return rows
}

/** Holds off who else would move keys of this one's algorithm, until the transaction ends. */
export async function lockSigningKeys(tx: Db, kid: string): Promise<void> {
  await tx.query(
    `select kid
       from signing_keys
      where algorithm = (select algorithm from signing_keys where kid = $1)
      order by kid
        for update`,
    [kid],
  )
}

/** Takes the key away from everything at once. */
export async function revokeSigningKey(db: Db, kid: string): Promise<void> {
  await db.query(
    `update signing_keys
        set revoked_at = now(), retired_at = coalesce(retired_at, now()), private_jwk = null
      where kid = $1 and revoked_at is null`,
    [kid],
  )
}

/** The next one signs at once, however short it was published: there is no other. */
export async function activateReplacement(
  db: Db,
  algorithm: NewSigningKey['algorithm'],
): Promise<MovedKey[]> {
  const { rows } = await db.query<MovedKey>(
    `update signing_keys
        set active_from = now()
      where kid = (select kid
                     from signing_keys
                    where algorithm = $1 and revoked_at is null
                      and (active_from is null or active_from > now())
                    order by active_from nulls last
                    limit 1)
      returning kid, algorithm, active_from as "activeFrom"`,
    [algorithm],
  )
  return rows
}
