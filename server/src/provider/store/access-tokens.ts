import { deleteAccessToken, findAccessToken } from '#db/access-tokens.ts'
import { familyGrantId } from '../grant-ids.ts'
import { isRevocation, requestNow, workOf } from '../request-notes.ts'
import { accessTokenPrefix, hashOf } from '../token-ids.ts'
import { issueToMachine, type MachineParts } from './machine-clients.ts'
import { detailsOf, notYetOver, type Store, stillAllowed } from './store.ts'

const columns = ['scope', 'gty'] as const

/** AccessToken (a person's) and ClientCredentials (a machine's) share a table and a prefix. */
export function accessTokenStore(
  parts: MachineParts,
  kind: 'AccessToken' | 'ClientCredentials',
): Store {
  const { db } = parts
  const marker = accessTokenMarkers[kind]
  return {
    /** A person's waits for what is spent on it (unit-of-work.ts); a machine's spends nothing. */
    async upsert(token, payload) {
      const ctx = requestNow()
      const accessToken = {
        tokenHash: hashOf(token),
        scope: String(payload.scope ?? ''),
        gty: payload.gty,
        details: detailsOf(payload, columns),
        issuedAt: Number(payload.iat),
        expiresAt: Number(payload.exp),
      }
      if (kind === 'ClientCredentials') await issueToMachine(ctx, accessToken, parts)
      else workOf(ctx).accessToken = accessToken
    },

    /** The prefix tells whose it is, so that a wrong guess costs no query. */
    async find(token) {
      if (!token.startsWith(accessTokenPrefix + marker)) return undefined
      const row = await findAccessToken(db, hashOf(token))
      if (!row) return undefined
      const scope = row.consentScopes ? stillAllowed(row.scope, row.consentScopes) : row.scope
      // What may do nothing is not there (contract, section 3).
      if (row.consentScopes && scope === '' && !isRevocation()) return undefined
      return {
        ...row.details,
        jti: token,
        kind,
        ...(row.familyId ? { grantId: familyGrantId(row.familyId) } : {}),
        ...(row.accountId ? { accountId: row.accountId } : {}),
        clientId: row.clientId,
        scope: scope || undefined,
        gty: row.gty ?? undefined,
        iat: row.issuedAt,
        exp: notYetOver(row.expiresAt),
      }
    },

    async destroy(token) {
      await deleteAccessToken(db, hashOf(token))
    },

    // Tokens of an ended family are dead by the join; nothing to delete.
    async revokeByGrantId() {},
  }
}

export const accessTokenMarkers = { AccessToken: 'u', ClientCredentials: 'm' } as const
