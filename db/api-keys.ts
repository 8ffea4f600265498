import { randomUUID } from 'node:crypto'
import { coalesced } from './coalesced.ts'
import type { Db } from './database.ts'
import { type Person, personColumn } from './person.ts'
import { isUuid } from './values.ts'

export interface ApiKey {
  id: string
  name: string
  /** The last four characters. */
  hint: string
  scopes: string[]
  /** Addresses or networks (CIDR); none: any. */
  allowedAddresses: string[]
  /** Calls per minute; null: what its person may. */
  requestsPerMinute: number | null
  createdAt: Date
  expiresAt: Date
  suspendedAt: Date | null
  /** An administrator suspended it. */
  heldAt: Date | null
  replacedAt: Date | null
  lastUsedAt: Date | null
}

export interface NewApiKey {
  accountId: string
  name: string
  /** SHA-256 of the key. */
  keyHash: Buffer
  hint: string
  scopes: string[]
  allowedAddresses: string[]
  requestsPerMinute?: number | null | undefined
  expiresAt: Date
}

/** A key that is good now, with the person for whom it acts. */
export interface PresentedKey {
  id: string
  scopes: string[]
  allowedAddresses: string[]
  callsPerMinute: number | null
  person: Person
  /** Until it expires, by the database's clock. */
  secondsLeft: number
}

/** Of api_keys as k. */
export const apiKeyColumns = `
  k.id, k.name, k.hint, k.scopes, k.allowed_addresses as "allowedAddresses",
  k.requests_per_minute as "requestsPerMinute", k.created_at as "createdAt", k.expires_at as "expiresAt", k.suspended_at as "suspendedAt",
  k.held_at as "heldAt", k.replaced_at as "replacedAt", k.last_used_at as "lastUsedAt"`

/** undefined: the account has as many as it may have. */
export async function createApiKey(
  db: Db,
  key: NewApiKey,
  { most }: { most: number },
): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>(
    `insert into api_keys as k
       (id, account_id, name, key_hash, hint, scopes, allowed_addresses, expires_at,
        requests_per_minute)
     select $1, a.id, $3, $4, $5, $6, $7, $8, $10
       from accounts a
      where a.id = $2
        and (select count(*) from api_keys o where o.account_id = a.id) < $9
     returning ${apiKeyColumns}`,
    [
      randomUUID(),
      key.accountId,
      key.name,
      key.keyHash,
      key.hint,
      key.scopes,
      key.allowedAddresses,
      key.expiresAt,
      most,
      key.requestsPerMinute ?? null,
    ],
  )
  return rows[0]
}

/** Newest first. */
export async function listApiKeys(db: Db, accountId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKey>(
    `select ${apiKeyColumns}
       from api_keys k
      where k.account_id = $1
      order by k.created_at desc, k.id`,
    [accountId],
  )
  return rows
}

export interface KeyOf {
  accountId: string
  id: string
}

/** lock: nobody changes it before the transaction ends. */
export async function findApiKey(
  db: Db,
  { accountId, id }: KeyOf,
  { lock = false }: { lock?: boolean } = {},
): Promise<ApiKey | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<ApiKey>(
    `select ${apiKeyColumns}
       from api_keys k
      where k.account_id = $1 and k.id = $2 ${lock ? 'for update' : ''}`,
    [accountId, id],
  )
  return rows[0]
}

/**
 * The key of this hash (SHA-256 in hexadecimal) as it is now, or undefined: there is none, or it is
 * suspended, expired, or its person disabled. Questions of the same moment share a statement.
 */
export function presentedKeys(db: Db): (hash: string) => Promise<PresentedKey | undefined> {
  return coalesced(
    async (hashes: string[]) => {
      const { rows } = await db.query<PresentedKey & { n: number }>(
        `select asked.n::int as n, k.id, k.scopes, k.allowed_addresses as "allowedAddresses",
                k.requests_per_minute as "callsPerMinute", ${personColumn},
                extract(epoch from k.expires_at - now())::float8 as "secondsLeft"
           from unnest($1::text[]) with ordinality as asked (hash, n)
           join api_keys k on k.key_hash = decode(asked.hash, 'hex')
           join accounts a on a.id = k.account_id
          where k.expires_at > now()
            and k.suspended_at is null
            and a.disabled_at is null`,
        [hashes],
      )
      const answers: (PresentedKey | undefined)[] = new Array(hashes.length)
      for (const { n, ...key } of rows) answers[n - 1] = key
      return answers
    },
    { running: 2, size: 64 },
  )
}
