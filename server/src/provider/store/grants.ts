import type { AdapterPayload } from 'oidc-provider'
import { findConsent } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { type EndReason, endFamily, findLiveFamily } from '#db/token-families.ts'
import { type GrantRef, parseGrantId } from '../grant-ids.ts'
import { currentRequest } from '../request-notes.ts'
import { allScopes } from '../scopes.ts'
import type { Store } from './store.ts'
import { presentedRead } from './token-request.ts'

/** Never expires by itself: consents and families say when they end. */
const farFuture = 4_102_444_800

/** Grants exist for the library only; none is ever saved. They show a consent or a family. */
export function grantStore(db: Db): Store {
  const stored = ({ kind, id }: GrantRef) =>
    kind === 'family' ? findLiveFamily(db, id) : findConsent(db, id)
  return {
    async find(grantId) {
      const ref = parseGrantId(grantId)
      if (!ref) return undefined
      const found = familyRead(ref) ?? (await stored(ref))
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

/** The family of the code or refresh token that this request presents, read together with it. */
function familyRead({ kind, id }: GrantRef) {
  const ctx = currentRequest()
  const presented = ctx && presentedRead(ctx)
  if (kind !== 'family' || presented?.familyId !== id) return undefined
  const { accountId, clientId, consentScopes: scopes } = presented
  return { accountId, clientId, scopes }
}

function asGrant(
  jti: string,
  { accountId, clientId, scopes }: { accountId: string; clientId: string; scopes: string[] },
): AdapterPayload {
  // Rows have no order, and the library answers in the grant's.
  const openid = { scope: allScopes.filter((name) => scopes.includes(name)).join(' ') }
  return { jti, kind: 'Grant', iat: 1, exp: farFuture, accountId, clientId, openid }
}

function reasonNow(): EndReason {
  return currentRequest()?.oidc?.route === 'token' ? 'refresh_reuse' : 'revoked'
}
