import type { Db } from '#db/database.ts'
import { findRefreshToken } from '#db/refresh-tokens.ts'
import { familyGrantId } from '../grant-ids.ts'
import { isRevocation, isTokenRequest, notesOf, requestNow, workOf } from '../request-notes.ts'
import { hashOf, refreshTokenPrefix } from '../token-ids.ts'
import { detailsOf, notYetOver, type Store, stillAllowed } from './store.ts'
import type { SuccessorFinder } from './successors.ts'

const columns = ['scope', 'gty', 'nonce', 'authTime', 'rotations', 'iiat', 'consumed'] as const

export function refreshTokenStore(db: Db, findSuccessor: SuccessorFinder): Store {
  return {
    async upsert(token, payload) {
      workOf(requestNow()).refreshToken = {
        tokenHash: hashOf(token),
        scope: String(payload.scope ?? ''),
        gty: payload.gty,
        nonce: payload.nonce,
        authTime: payload.authTime,
        rotations: payload.rotations ?? 0,
        details: detailsOf(payload, columns),
        firstIssuedAt: Number(payload.iiat ?? payload.iat),
        issuedAt: Number(payload.iat),
        expiresAt: Number(payload.exp),
      }
    },

    /**
     * Within the retry window a spent token shows itself unspent to the token endpoint, which then
     * derives the same successor again. Everywhere else spent is spent.
     */
    async find(token) {
      if (!token.startsWith(refreshTokenPrefix)) return undefined
      const read = notesOf(requestNow()).read
      const row =
        read?.presented === token
          ? read.refreshToken
          : await findRefreshToken(db, hashOf(token), findSuccessor(token).hash)
      if (!row) return undefined
      const scope = stillAllowed(row.scope, row.consentScopes)
      if (scope === '' && !isRevocation()) return undefined
      const spent = row.consumedAt !== null && (row.reuse || !isTokenRequest())
      return {
        ...row.details,
        jti: token,
        kind: 'RefreshToken',
        grantId: familyGrantId(row.familyId),
        accountId: row.accountId,
        clientId: row.clientId,
        scope,
        gty: row.gty ?? undefined,
        nonce: row.nonce ?? undefined,
        authTime: row.authTime ?? undefined,
        rotations: row.rotations,
        iiat: row.firstIssuedAt,
        iat: row.issuedAt,
        exp: isTokenRequest() ? notYetOver(row.expiresAt) : row.expiresAt,
        ...(spent ? { consumed: row.consumedAt ?? true } : {}),
      }
    },

    /** Reached only by the right client; whether it can be spent says the statement that does it. */
    async consume(token) {
      const notes = notesOf(requestNow())
      const successor = findSuccessor(token, notes.read?.refreshToken?.successorKey)
      notes.work = { spent: { kind: 'refresh', token, successor } }
    },

    // A refresh token dies with its family, which the library ends right after (grants.ts).
    async destroy() {},
    async revokeByGrantId() {},
  }
}
