import { createHash } from 'node:crypto'
import {
  type ApiKey,
  createApiKey,
  deleteApiKey,
  findApiKey,
  retireApiKey,
  updateApiKey,
} from '#db/api-keys.ts'
import { type NewAuditEvent, recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import { found, Problem } from '#web/problem.ts'
import { invalid } from '#web/wire.ts'
import { newApiKey } from './format.ts'
import type { KeyChange, NewKey } from './schemas.ts'

/** Who does it, in the words of the audit trail. */
export type Actor = Pick<NewAuditEvent, 'actorType' | 'actorId' | 'requestId' | 'ip'>

/** Whose keys, and who changes them: the person, or an administrator for them. */
export interface Keeper {
  accountId: string
  actor: Actor
}

/** How long a replaced key goes on beside the new one, so that a rotation has no gap. */
const overlapMs = 24 * 60 * 60 * 1000
const dayMs = 24 * 60 * 60 * 1000
const mostKeys = 100

interface Keys {
  db: Db
  /** How many keys a person may have. */
  most: number
}

/** What happens to people's API keys, each change with its line in the audit trail. */
export function apiKeyChanges({ db, capped }: { db: Db; capped: boolean }) {
  const keys = { db, most: capped ? mostKeys : 1_000_000 }
  return {
    /** The new key, this once. */
    create: (keeper: Keeper, wish: NewKey) => create(keys, keeper, wish),
    change: (keeper: Keeper, id: string, wish: KeyChange) => change(keys, keeper, id, wish),
    /** A new key in the place of an old one, which goes on for a day. */
    rotate: (keeper: Keeper, id: string) => rotate(keys, keeper, id),
    /** Refused from the next request on, on every node. */
    revoke: (keeper: Keeper, id: string) => revoke(keys, keeper, id),
  }
}

export type ApiKeyChanges = ReturnType<typeof apiKeyChanges>

interface Wish {
  name: string
  scopes: string[]
  allowedAddresses: string[]
  requestsPerMinute: number | null
  expiresAt: Date
}

function create({ db, most }: Keys, keeper: Keeper, wish: NewKey) {
  const { name, scopes, allowed_addresses: allowedAddresses } = wish
  const requestsPerMinute = wish.requests_per_minute ?? null
  const expiresAt = new Date(Date.now() + wish.expires_in_days * dayMs)
  const fresh = { name, scopes, allowedAddresses, requestsPerMinute, expiresAt }
  return db.transaction((tx) => issue({ db: tx, most }, keeper, fresh, 'api_key.created'))
}

async function issue({ db, most }: Keys, keeper: Keeper, wish: Wish, kind: string) {
  const { accountId, actor } = keeper
  const value = newApiKey()
  const keyHash = createHash('sha256').update(value).digest()
  const row = await createApiKey(
    db,
    { ...wish, accountId, keyHash, hint: value.slice(-4) },
    { most },
  )
  if (!row) throw new Problem(409, 'too-many-keys', `Revoke one first: ${mostKeys} are the most.`)
  const details = { key: row.id, name: row.name, scopes: row.scopes }
  await recordEvent(db, { ...actor, kind, accountId, details })
  return { row, value }
}

function change({ db }: Keys, { accountId, actor }: Keeper, id: string, wish: KeyChange) {
  return db.transaction(async (tx) => {
    refuseWidening(found(await findApiKey(tx, accountId, id), 'API key'), wish)
    const { name, scopes, allowed_addresses: allowedAddresses, is_active: isActive } = wish
    const { requests_per_minute: requestsPerMinute } = wish
    const patch = { name, scopes, allowedAddresses, requestsPerMinute, isActive }
    const after = await updateApiKey(tx, { accountId, id }, patch)
    const details = { key: id, ...wish }
    await recordEvent(tx, { ...actor, kind: 'api_key.updated', accountId, details })
    return found(after, 'API key')
  })
}

function rotate({ db, most }: Keys, keeper: Keeper, id: string) {
  const { accountId } = keeper
  return db.transaction(async (tx) => {
    const old = found(await findApiKey(tx, accountId, id), 'API key')
    if (old.replacedAt || old.expiresAt <= new Date()) {
      throw new Problem(409, 'key-is-over', 'This key was replaced or has expired: make a new one.')
    }
    const { name, scopes, allowedAddresses, requestsPerMinute } = old
    const lasts = old.expiresAt.getTime() - old.createdAt.getTime()
    const expiresAt = new Date(Date.now() + lasts)
    const fresh = { name, scopes, allowedAddresses, requestsPerMinute, expiresAt }
    await retireApiKey(tx, { accountId, id }, new Date(Date.now() + overlapMs))
    return issue({ db: tx, most }, keeper, fresh, 'api_key.rotated')
  })
}

function revoke({ db }: Keys, { accountId, actor }: Keeper, id: string): Promise<ApiKey> {
  return db.transaction(async (tx) => {
    const key = found(await findApiKey(tx, accountId, id), 'API key')
    const gone = found(await deleteApiKey(tx, { accountId, id: key.id }), 'API key')
    const details = { key: id, name: gone.name }
    await recordEvent(tx, { ...actor, kind: 'api_key.revoked', accountId, details })
    return gone
  })
}

// A script that holds a key must not be able to do more one day than on the day it was given.
function refuseWidening({ scopes }: ApiKey, change: KeyChange): void {
  const more = change.scopes?.filter((scope) => !scopes.includes(scope)) ?? []
  if (more.length === 0) return
  const message = `A key is never widened: make another one for ${more.join(', ')}.`
  throw invalid([{ field: 'scopes', message }])
}
