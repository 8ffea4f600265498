import type { AdapterPayload } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import { deleteInteraction, findInteraction, saveInteraction } from '#db/interactions.ts'
import type { Seal } from '../../keys.ts'
import { hashOf } from '../token-ids.ts'
import { endsIn, notYetOver, type Store } from './store.ts'

export function interactionStore(db: Db, seal: Seal): Store {
  return {
    async upsert(uid, payload, lifetime) {
      const { jti: _, ...rest } = payload
      await saveInteraction(db, hashOf(uid), {
        clientId: payload.params?.client_id as string | undefined,
        prompt: payload.prompt?.name,
        payload: await seal.seal(JSON.stringify(withoutCookie(rest))),
        lifetime,
      })
    },

    async find(uid) {
      const row = await findInteraction(db, hashOf(uid))
      // Without its key it is lost, like one that has expired: the person begins again.
      const payload = row && (await seal.openIfKnown(row.payload))
      if (!row || payload === undefined) return undefined
      return { ...JSON.parse(payload), jti: uid, exp: notYetOver(endsIn(row.lifetime)) }
    },

    async destroy(uid) {
      await deleteInteraction(db, hashOf(uid))
    },
  }
}

/** The library copies the session's cookie value into the interaction and never reads it again. */
function withoutCookie(payload: Omit<AdapterPayload, 'jti'>): object {
  if (!payload.session) return payload
  const { cookie: _, ...session } = payload.session as { cookie?: string }
  return { ...payload, session }
}
