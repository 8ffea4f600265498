import type { AdapterPayload } from 'oidc-provider'
import { findConsent } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { type EndReason, endFamily, findLiveFamily } from '#db/token-families.ts'
import { parseGrantId } from '../grant-ids.ts'
import { currentRequest } from '../request-notes.ts'
import type { Store } from './store.ts'

/** Never expires by itself: consents and families say when they end. */
const farFuture = 4_102_444_800

/** Grants exist for the library only; none is ever saved. They show a consent or a family. */
export function grantStore(db: Db): Store {
  return {
    async find(grantId) {
      const ref = parseGrantId(grantId)
      if (!ref) return undefined
      const found = await (ref.kind === 'family' ? findLiveFamily : findConsent)(db, ref.id)
      return found && asGrant(grantId, found)
    },

    /**
     * What the library ends is one family: by reuse, or by revocation of a refresh token. A consent
     * is the person's own and only the person or an administrator ends it.
     */
    async destroy(grantId) {
      const ref = parseGrantId(grantId)
      if (ref?.kind === 'family') await endFamily(db, ref.id, reasonNow())
    },
  }
}

function asGrant(
  jti: string,
  { accountId, clientId, scopes }: { accountId: string; clientId: string; scopes: string[] },
): AdapterPayload {
  const openid = { scope: scopes.join(' ') }
  return { jti, kind: 'Grant', iat: 1, exp: farFuture, accountId, clientId, openid }
}

function reasonNow(): EndReason {
  return currentRequest()?.oidc?.route === 'token' ? 'refresh_reuse' : 'revoked'
}
