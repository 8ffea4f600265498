import { createHash } from 'node:crypto'
import { deleteApiKey, isStillReplacing, replaceApiKey, updateApiKey } from '#db/api-key-changes.ts'
import { type ApiKey, createApiKey, findApiKey, type KeyOf } from '#db/api-keys.ts'
import { type NewAuditEvent, recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import { found, Problem } from '#web/problem.ts'
import { newApiKey } from './format.ts'
import { isGoverning, refuseMore } from './rules.ts'
import type { KeyChange, NewKey } from './schemas.ts'

/** Who does it, in the words of the audit trail. */
export type Actor = Pick<NewAuditEvent, 'actorType' | 'actorId' | 'requestId' | 'ip'>

/** Whose keys, and who changes them: the person, or an administrator for them. */
export interface Keeper {
  accountId: string
  actor: Actor
}

/** How long a replaced key goes on beside the new one, so that a rotation has no gap. */
const overlap = 24 * 60 * 60
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

function create({ db, most }: Keys, keeper: Keeper, wish: NewKey) {
  const { accountId } = keeper
  const { name, scopes, allowed_addresses: allowedAddresses } = wish
  const requestsPerMinute = wish.requests_per_minute ?? null
  const expiresAt = new Date(Date.now() + wish.expires_in_days * dayMs)
  const fresh = { accountId, name, scopes, allowedAddresses, requestsPerMinute, expiresAt }
  return db.transaction(async (tx) => {
    const { value, ...stored } = newValue()
    const row = await createApiKey(tx, { ...fresh, ...stored }, { most })
    if (!row) throw tooMany()
    await recordNew(tx, keeper, row, 'api_key.created')
    return { row, value }
  })
}

function newValue() {
  const value = newApiKey()
  const keyHash = createHash('sha256').update(value).digest()
  return { value, keyHash, hint: value.slice(-4) }
}

const recordNew = (tx: Db, { accountId, actor }: Keeper, row: ApiKey, kind: string) => {
  const details = { key: row.id, name: row.name, scopes: row.scopes }
  return recordEvent(tx, { ...actor, kind, accountId, details })
}

const tooMany = () =>
  new Problem(409, 'too-many-keys', `Revoke one first: ${mostKeys} are the most.`)

function change({ db }: Keys, keeper: Keeper, id: string, wish: KeyChange) {
  const { accountId, actor } = keeper
  return db.transaction(async (tx) => {
    const before = await findApiKey(tx, { accountId, id }, { lock: true })
    refuseMore(keeper, found(before, 'API key'), wish)
    const { name, scopes, allowed_addresses: allowedAddresses, is_active: isActive } = wish
    const { requests_per_minute: requestsPerMinute } = wish
    const isHeld = isActive === false && isGoverning(keeper)
    const patch = { name, scopes, allowedAddresses, requestsPerMinute, isActive, isHeld }
    const after = await updateApiKey(tx, { accountId, id }, patch)
    const details = { key: id, ...wish }
    await recordEvent(tx, { ...actor, kind: 'api_key.updated', accountId, details })
    return found(after, 'API key')
  })
}

function rotate({ db, most }: Keys, keeper: Keeper, id: string) {
  const { accountId } = keeper
  return db.transaction(async (tx) => {
    const old = found(await findApiKey(tx, { accountId, id }), 'API key')
    const { value, ...stored } = newValue()
    const row = await replaceApiKey(tx, { accountId, id: old.id }, stored, { most, overlap })
    if (!row) throw await whyNotReplaced(tx, { accountId, id })
    await recordNew(tx, keeper, row, 'api_key.rotated')
    return { row, value }
  })
}

async function whyNotReplaced(tx: Db, key: KeyOf): Promise<Problem> {
  const { replacedAt, expiresAt } = found(await findApiKey(tx, key), 'API key')
  if (replacedAt || expiresAt <= new Date()) {
    return new Problem(409, 'key-is-over', 'This key was replaced or has expired: make a new one.')
  }
  return (await isStillReplacing(tx, key)) ? stillReplacing() : tooMany()
}

// Each has the limit of the first: were there more than two at a time, an owner could multiply it.
const stillReplacing = () =>
  new Problem(
    409,
    'key-still-replacing',
    'The key that this one replaced still works: revoke that one first, or wait until it expires.',
  )

function revoke({ db }: Keys, { accountId, actor }: Keeper, id: string): Promise<ApiKey> {
  return db.transaction(async (tx) => {
    const key = found(await findApiKey(tx, { accountId, id }), 'API key')
    const gone = found(await deleteApiKey(tx, { accountId, id: key.id }), 'API key')
    const details = { key: id, name: gone.name }
    await recordEvent(tx, { ...actor, kind: 'api_key.revoked', accountId, details })
    return gone
  })
}
