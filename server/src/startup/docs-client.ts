import { randomUUID } from 'node:crypto'
import { createClient, findClientByClientId, updateClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'

/** The same everywhere: the docs pages name it. */
export const docsClientId = 'agpt_client_docs'

/**
 * Registers the public client that "Authorize" of the API's docs signs in with. An administrator may
 * disable it, and it stays so; its address follows the issuer.
 */
export async function registerDocsClient(
  db: Db,
  { issuer, redirectPath, scopes }: { issuer: string; redirectPath: string; scopes: string[] },
): Promise<void> {
  const wanted = {
    redirectUris: [issuer + redirectPath],
    allowedOrigins: [new URL(issuer).origin],
    scopes,
    optionalScopes: scopes.filter((name) => name !== 'IDENTITY'),
  }
  const known = await findClientByClientId(db, docsClientId)
  if (known) {
    const isRight = Object.entries(wanted).every(
      ([name, value]) => String(known[name as keyof typeof wanted]) === String(value),
    )
    if (!isRight) await updateClient(db, known.id, wanted)
    return
  }
  await createClient(db, {
    id: randomUUID(),
    clientId: docsClientId,
    name: 'AutoGPT API documentation',
    description: 'The pages of this server on which the external API can be tried.',
    type: 'spa',
    grantTypes: ['authorization_code', 'refresh_token'],
    ...wanted,
    approvedAt: new Date(),
  }).catch(async (error: unknown) => {
    // Another node was quicker.
    if (!(await findClientByClientId(db, docsClientId))) throw error
  })
}
