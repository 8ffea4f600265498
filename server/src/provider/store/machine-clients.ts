import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { NewAccessToken } from '#db/access-tokens.ts'
import type { Db } from '#db/database.ts'
import { findRegisteredClient, type RegisteredClient } from '#db/registered-clients.ts'
import { issueMachineToken } from '#db/token-requests.ts'
import { notesOf } from '../request-notes.ts'
import { isPlatformScope } from '../scopes.ts'

export interface MachineClients {
  /** The client as it was at most a second ago. */
  find(clientId: string): Promise<RegisteredClient | undefined>
  /** It turned out to be different from what find() said. */
  forget(clientId: string): void
}

/** Milliseconds on a clock that nobody sets. */
const lifetime = 1000
const mostKept = 1000

/**
 * Machines that ask for their own tokens, remembered for a second: with it a client credentials
 * request takes one round trip. It can only refuse for that second what was allowed meanwhile; what
 * was forbidden meanwhile is seen by the statement that stores the token (issueMachineToken).
 */
export function machineClients(db: Db): MachineClients {
  const known = new Map<string, { client: RegisteredClient; until: number }>()
  return {
    async find(clientId) {
      const kept = known.get(clientId)
      if (kept && kept.until > performance.now()) return kept.client
      known.delete(clientId)
      const client = await findRegisteredClient(db, clientId)
      if (client) {
        if (known.size >= mostKept) known.clear()
        known.set(clientId, { client, until: performance.now() + lifetime })
      }
      return client
    },
    forget: (clientId) => void known.delete(clientId),
  }
}

export interface MachineParts {
  db: Db
  machineClients: MachineClients
}

/** Stores the token of the machine that asks, unless what it was granted on is no longer so. */
export async function issueToMachine(
  ctx: KoaContextWithOIDC,
  accessToken: NewAccessToken,
  { db, machineClients: known }: MachineParts,
): Promise<void> {
  const clientId = ctx.oidc.client?.clientId ?? ''
  const platformScopes = accessToken.scope.split(' ').filter(isPlatformScope)
  const { secretHash } = notesOf(ctx)
  if (await issueMachineToken(db, accessToken, { clientId, secretHash, platformScopes })) return
  known.forget(clientId)
  throw new errors.InvalidClientAuth('the client was changed meanwhile')
}
