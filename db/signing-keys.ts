import type { Db } from './database.ts'

export interface SigningKey {
  kid: string
  algorithm: 'ES256' | 'RS256'
  publicJwk: object
  /** JWE under SECRET_KEY. */
  privateJwk: string
}

/** Those in use, oldest first. */
export async function listSigningKeys(db: Db): Promise<SigningKey[]> {
  const { rows } = await db.query<SigningKey>(
    `select kid, algorithm, public_jwk as "publicJwk", private_jwk as "privateJwk"
       from signing_keys
      where retired_at is null
      order by created_at, kid`,
  )
  return rows
}

/** Of nodes that start together one stores its key; the others find that one. */
export async function insertSigningKeyIfNone(db: Db, key: SigningKey): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtext('signing_keys'))`)
    await tx.query(
      `insert into signing_keys (kid, algorithm, public_jwk, private_jwk)
       select $1, $2, $3, $4
        where not exists (select 1
                            from signing_keys
                           where algorithm = $2 and retired_at is null)`,
      [key.kid, key.algorithm, JSON.stringify(key.publicJwk), key.privateJwk],
    )
  })
}
