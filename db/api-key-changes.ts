import { randomUUID } from 'node:crypto'
import { type ApiKey, apiKeyColumns, type KeyOf } from './api-keys.ts'
import type { Db } from './database.ts'

export interface ApiKeyPatch {
  name?: string | undefined
  /** Those that stay; what the key does not have already is not added. */
  scopes?: string[] | undefined
  allowedAddresses?: string[] | undefined
  /** null: none of its own any more. */
  requestsPerMinute?: number | null | undefined
  isActive?: boolean | undefined
  /** With isActive: whether only an administrator may let it work again. */
  isHeld?: boolean | undefined
}

/** The key as it is now, or undefined: this account has no such key. */
export async function updateApiKey(
  db: Db,
  { accountId, id }: KeyOf,
  patch: ApiKeyPatch,
): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>(
    `update api_keys k
        set name = coalesce($3, k.name),
            scopes = case when $4::text[] is null then k.scopes
                          else array(select s from unnest(k.scopes) as s where s = any($4)) end,
            allowed_addresses = coalesce($5, k.allowed_addresses),
            requests_per_minute = case when $8::boolean then $7::int
                                       else k.requests_per_minute end,
            suspended_at = case when $6::boolean is null then k.suspended_at
                                when $6 then null
                                else coalesce(k.suspended_at, now()) end,
            held_at = case when $6 then null
                           when $9::boolean then coalesce(k.held_at, now())
                           else k.held_at end
      where k.account_id = $1 and k.id = $2
     returning ${apiKeyColumns}`,
    [
      accountId,
      id,
      patch.name,
      patch.scopes,
      patch.allowedAddresses,
      patch.isActive,
      patch.requestsPerMinute ?? null,
      patch.requestsPerMinute !== undefined,
      patch.isHeld ?? false,
    ],
  )
  return rows[0]
}

export interface Successor {
  keyHash: Buffer
  hint: string
}

/**
 * A key in the place of an old one, with all that the old one may, and as long a life. The old one
 * goes on beside it, and never longer than it would have; one that is suspended gives one that is.
 * One statement, so that two at the same moment do not make two: undefined, where the old one is
 * replaced already or over, took the place of one that still lives, does not exist, or the account
 * has as many as it may have.
 */
export async function replaceApiKey(
  db: Db,
  { accountId, id }: KeyOf,
  { keyHash, hint }: Successor,
  /** overlap in seconds. */
  { most, overlap }: { most: number; overlap: number },
): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>(
    `with old as (
       select o.id, o.account_id, o.name, o.scopes, o.allowed_addresses, o.requests_per_minute,
              o.created_at, o.expires_at, o.suspended_at, o.held_at
         from api_keys o
        where o.account_id = $1 and o.id = $2
          and o.replaced_at is null and o.expires_at > now()
          and (select count(*) from api_keys c where c.account_id = $1) < $6
          and not exists (select from api_keys p where p.id = o.replaces and p.expires_at > now())
          for update
     ), retired as (
       update api_keys r
          set replaced_at = now(),
              expires_at = least(r.expires_at, now() + make_interval(secs => $7))
         from old
        where r.id = old.id
     )
     insert into api_keys as k
       (id, account_id, name, key_hash, hint, scopes, allowed_addresses, requests_per_minute,
        expires_at, suspended_at, held_at, replaces)
     select $3, account_id, name, $4, $5, scopes, allowed_addresses, requests_per_minute,
            now() + (expires_at - created_at), suspended_at, held_at, id
       from old
     returning ${apiKeyColumns}`,
    [accountId, id, randomUUID(), keyHash, hint, most, overlap],
  )
  return rows[0]
}

/** Whether the key took the place of one that still lives. */
export async function isStillReplacing(db: Db, { accountId, id }: KeyOf): Promise<boolean> {
  const { rows } = await db.query(
    `select 1
       from api_keys k
       join api_keys p on p.id = k.replaces and p.expires_at > now()
      where k.account_id = $1 and k.id = $2`,
    [accountId, id],
  )
  return rows.length > 0
}

/** The key as it was, or undefined: this account has no such key. */
export async function deleteApiKey(db: Db, { accountId, id }: KeyOf): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>(
    `delete from api_keys k
      where k.account_id = $1 and k.id = $2
     returning ${apiKeyColumns}`,
    [accountId, id],
  )
  return rows[0]
}
