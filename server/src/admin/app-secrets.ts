import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { recordEvent } from '#db/audit-events.ts'
import { addClientSecret, deleteClientSecret, listClientSecrets } from '#db/client-secrets.ts'
import { updateClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { found, Problem } from '#web/problem.ts'
import type { Caller } from './administrators.ts'
import { isConfidential } from './app-rules.ts'

const mostSecrets = 5

/** A secret of 256 random bits, of which the database keeps a hash and the last four characters. */
export async function issueSecret(db: Db, clientId: string, expiresAt?: Date) {
  const value = `agpt_secret_${randomBytes(32).toString('base64url')}`
  const hint = value.slice(-4)
  const id = randomUUID()
  const secretHash = createHash('sha256').update(value).digest()
  await addClientSecret(db, { id, clientRowId: clientId, secretHash, hint, expiresAt })
  return { id, value, hint }
}

/** A second one beside the first: a rotation deploys the new one before it deletes the old. */
export async function addSecret(
  { db, caller }: { db: Db; caller: Caller },
  clientId: string,
  expiresInDays?: number,
) {
  return db.transaction(async (tx) => {
    // An empty update locks the row, so that nobody adds another one past the limit meanwhile.
    const client = found(await updateClient(tx, clientId, {}), 'app')
    if (!isConfidential(client.type)) {
      throw new Problem(409, 'public-app', `An app of type ${client.type} cannot keep a secret.`)
    }
    if ((await listClientSecrets(tx, clientId)).length >= mostSecrets) {
      throw new Problem(409, 'too-many-secrets', `Delete one first: ${mostSecrets} are the most.`)
    }
    const expiresAt = expiresInDays ? new Date(Date.now() + expiresInDays * 86_400_000) : undefined
    const secret = await issueSecret(tx, clientId, expiresAt)
    const details = { hint: secret.hint }
    await recordEvent(tx, { ...caller, kind: 'app.secret_added', clientId, details })
    const rows = await listClientSecrets(tx, clientId)
    return {
      ...found(
        rows.find(({ id }) => id === secret.id),
        'secret',
      ),
      value: secret.value,
    }
  })
}

/** Refused from the next request on. */
export async function removeSecret(
  { db, caller }: { db: Db; caller: Caller },
  clientId: string,
  secretId: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    const removed = await deleteClientSecret(tx, clientId, secretId)
    found(removed || undefined, 'secret')
    const details = { secret: secretId }
    await recordEvent(tx, { ...caller, kind: 'app.secret_removed', clientId, details })
  })
}
