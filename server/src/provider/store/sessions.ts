import type { AdapterPayload } from 'oidc-provider'
import type { Db } from '#db/database.ts'
import {
  deleteSession,
  type FoundSession,
  findSession,
  findSessionByUid,
  saveSession,
} from '#db/sessions.ts'
import type { Seal } from '../../keys.ts'
import { lifetimes } from '../lifetimes.ts'
import { hashOf } from '../token-ids.ts'
import { endsIn, notYetOver, type Store } from './store.ts'

export function sessionStore(db: Db, seal: Seal): Store {
  return {
    async upsert(id, payload, lifetime) {
      const { uid, accountId, loginTs, acr, amr, transient, authorizations, state } = payload
      const signedInFor = loginTs ? endsIn(0) - loginTs : 0
      await saveSession(db, hashOf(id), {
        uid: String(uid),
        accountId,
        signedInAt: loginTs,
        acr,
        amr,
        transient: Boolean(transient),
        authorizations: authorizations ?? {},
        pendingLogout: state && (await seal.seal(JSON.stringify(state))),
        // Use prolongs a session, but not past the absolute limit (ASVS 7.3.2).
        lifetime: Math.min(lifetime, lifetimes.sessionAbsolute - signedInFor),
      })
    },

    async find(id) {
      const row = await findSession(db, hashOf(id))
      return row && payloadOf(id, row, seal)
    },

    /**
     * The library looks whether the person of a pending request is still signed in. The cookie's
     * value cannot be had from its hash, and what is found here is never saved.
     */
    async findByUid(uid) {
      const row = await findSessionByUid(db, uid)
      return row && payloadOf(`uid:${uid}`, row, seal)
    },

    async destroy(id) {
      await deleteSession(db, hashOf(id))
    },
  }
}

async function payloadOf(jti: string, row: FoundSession, seal: Seal): Promise<AdapterPayload> {
  const state = row.pendingLogout && (await seal.openIfKnown(row.pendingLogout))
  return {
    jti,
    kind: 'Session',
    uid: row.uid,
    iat: row.createdAt,
    exp: notYetOver(endsIn(row.lifetime)),
    ...(row.accountId ? { accountId: row.accountId } : {}),
    ...(row.signedInAt ? { loginTs: row.signedInAt } : {}),
    ...(row.acr ? { acr: row.acr } : {}),
    ...(row.amr ? { amr: row.amr } : {}),
    ...(row.transient ? { transient: true } : {}),
    authorizations: row.authorizations as never,
    ...(state ? { state: JSON.parse(state) } : {}),
  }
}
