import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Db } from '#db/database.ts'
import {
  insertWaitingKey,
  type NewSigningKey,
  readSigningKeys,
  resealSigningKey,
  type SigningKey,
} from '#db/signing-keys.ts'
import type { Seal } from '../keys.ts'
import type { KeySet } from './replace-keys.ts'

/** ES256 is what clients get; RS256 is there for those that can do nothing else. */
export const signingAlgorithms = ['ES256', 'RS256'] as const

export async function newSigningKey(
  algorithm: NewSigningKey['algorithm'],
  seal: Seal,
): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey))
  // To a command line it would be an option.
  if (kid.startsWith('-')) return newSigningKey(algorithm, seal)
  const named = { kid, alg: algorithm, use: 'sig' }
  return {
    kid,
    algorithm,
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
    privateJwk: await seal.seal(JSON.stringify({ ...(await exportJWK(privateKey)), ...named })),
  }
}

/** One key of each algorithm always waits, so that clients know it long before it signs. */
export async function addMissingKeys(db: Db, seal: Seal, present: SigningKey[]): Promise<boolean> {
  const missing = signingAlgorithms.filter(
    (algorithm) =>
      !present.some(
        (key) => key.algorithm === algorithm && key.state === 'waiting' && !key.activeFrom,
      ),
  )
  for (const algorithm of missing) await insertWaitingKey(db, await newSigningKey(algorithm, seal))
  return missing.length > 0
}

/** The keys as the provider takes them; those that cannot be opened are left out and named. */
export async function openKeys(
  db: Db,
  seal: Seal,
  keys: SigningKey[],
): Promise<KeySet & { unreadable: { kid: string; error: unknown }[] }> {
  const rows = await readSigningKeys(
    db,
    keys.map(({ kid }) => kid),
  )
  const set: Awaited<ReturnType<typeof openKeys>> = { published: [], usable: [], unreadable: [] }
  for (const { kid, state } of inOrderOfUse(keys)) {
    const row = rows.find((row) => row.kid === kid)
    if (!row) continue
    if (state !== 'retired') set.published.push(row.publicJwk as JWK)
    try {
      set.usable.push(JSON.parse(await seal.open(row.privateJwk)))
    } catch (error) {
      set.unreadable.push({ kid, error })
    }
  }
  return set
}

/** The current key takes over what an earlier one sealed, so that the earlier one can be dropped. */
export async function resealKeys(db: Db, seal: Seal, keys: SigningKey[]): Promise<void> {
  const rows = await readSigningKeys(
    db,
    keys.map(({ kid }) => kid),
  )
  for (const { kid, privateJwk: from } of rows) {
    if (seal.isCurrent(from)) continue
    await resealSigningKey(db, { kid, from, to: await seal.seal(await seal.open(from)) })
  }
}

const order: SigningKey['state'][] = ['signing', 'waiting', 'superseded', 'retired']

const inOrderOfUse = (keys: SigningKey[]) =>
  order.flatMap((state) => keys.filter((key) => key.state === state))
