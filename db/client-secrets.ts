import type { Db } from './database.ts'
import { isUuid } from './values.ts'

export interface NewClientSecret {
  id: string
  clientRowId: string
  secretHash: Buffer
  /** Its last four characters. */
  hint: string
  expiresAt?: Date | undefined
}

export interface ClientSecret {
  id: string
  hint: string
  createdAt: Date
  expiresAt: Date | null
}

export async function addClientSecret(db: Db, secret: NewClientSecret): Promise<void> {
  await db.query(
    `insert into client_secrets (id, client_id, secret_hash, hint, expires_at)
     values ($1, $2, $3, $4, $5)`,
    [secret.id, secret.clientRowId, secret.secretHash, secret.hint, secret.expiresAt ?? null],
  )
}

/** Oldest first; never the secret itself, which nobody has any more. */
export async function listClientSecrets(db: Db, clientRowId: string): Promise<ClientSecret[]> {
  const { rows } = await db.query<ClientSecret>(
    `select id, hint, created_at as "createdAt", expires_at as "expiresAt"
       from client_secrets
      where client_id = $1
      order by created_at, id`,
    [clientRowId],
  )
  return rows
}

export async function deleteClientSecret(
  db: Db,
  clientRowId: string,
  secretId: string,
): Promise<boolean> {
  if (!isUuid(clientRowId) || !isUuid(secretId)) return false
  const { rowCount } = await db.query(
    'delete from client_secrets where client_id = $1 and id = $2',
    [clientRowId, secretId],
  )
  return rowCount > 0
}
