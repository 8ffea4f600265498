import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import type { Db } from '#db/database.ts'
import { insertSigningKeyIfNone, listSigningKeys } from '#db/signing-keys.ts'
import type { Seal } from '../keys.ts'

export const signingAlgorithms = ['ES256', 'RS256'] as const
export type SigningAlgorithm = (typeof signingAlgorithms)[number]

/**
 * The private JWKs that sign ID tokens, made at the first start and shared by every node. ES256 is
 * what clients get; RS256 is there for those that can do nothing else.
 */
export async function loadSigningKeys(db: Db, seal: Seal): Promise<JWK[]> {
  const present = await listSigningKeys(db)
  for (const algorithm of signingAlgorithms) {
    if (!present.some((key) => key.algorithm === algorithm)) {
      await insertSigningKeyIfNone(db, await newSigningKey(algorithm, seal))
    }
  }
  const keys = await listSigningKeys(db)
  return Promise.all(keys.map(async (key) => JSON.parse(await seal.open(key.privateJwk)) as JWK))
}

async function newSigningKey(algorithm: SigningAlgorithm, seal: Seal) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const kid = await calculateJwkThumbprint(await exportJWK(publicKey))
  const named = { kid, alg: algorithm, use: 'sig' }
  return {
    kid,
    algorithm,
    publicJwk: { ...(await exportJWK(publicKey)), ...named },
    privateJwk: await seal.seal(JSON.stringify({ ...(await exportJWK(privateKey)), ...named })),
  }
}
