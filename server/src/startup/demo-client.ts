import { randomUUID } from 'node:crypto'
import { createClient, findClientByClientId, updateClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'

/** The same on every node, so that all share one demo app. */
export const demoClientId = 'agpt_client_demo'

const optionalScopes = ['READ_LIBRARY', 'RUN_AGENT']

/** Registers the demo site, or adds this node's origin to it (contract, section 1). */
export async function registerDemoClient(db: Db, origin: string): Promise<void> {
  await db.transaction(async (tx) => {
    const client = await findClientByClientId(tx, demoClientId)
    if (!client) {
      await createClient(tx, {
        id: randomUUID(),
        clientId: demoClientId,
        name: 'Ada’s Agent Notebook (demo)',
        description: 'The site that comes with this server, to try signing in.',
        type: 'spa',
        grantTypes: ['authorization_code', 'refresh_token'],
        scopes: ['IDENTITY', ...optionalScopes],
        optionalScopes,
        ...addresses([origin]),
        approvedAt: new Date(),
      })
      return
    }
    const origins = [...new Set([...client.allowedOrigins, origin])]
    const wanted = addresses(origins)
    // Fewer also where an older version of the demo, with fewer pages, registered itself.
    if (wanted.redirectUris.length > client.redirectUris.length) {
      await updateClient(tx, client.id, wanted)
    }
  })
}

const addresses = (origins: string[]) => ({
  redirectUris: origins.flatMap((origin) => [`${origin}/callback`, `${origin}/button`]),
  postLogoutRedirectUris: origins.map((origin) => `${origin}/`),
  allowedOrigins: origins,
})
