import { errors } from 'oidc-provider'
import { findAuthorizationCode, insertAuthorizationCode } from '#db/authorization-codes.ts'
import type { Db } from '#db/database.ts'
import { familyGrantId, parseGrantId } from '../grant-ids.ts'
import { notesOf, requestNow } from '../request-notes.ts'
import { hashOf } from '../token-ids.ts'
import { detailsOf, notYetOver, type Store, stillAllowed } from './store.ts'

const columns = [
  'scope',
  'redirectUri',
  'codeChallenge',
  'codeChallengeMethod',
  'nonce',
  'authTime',
  'consumed',
] as const

export function authorizationCodeStore(db: Db): Store {
  return {
    async upsert(code, payload) {
      await insertAuthorizationCode(db, {
        codeHash: hashOf(code),
        familyId: parseGrantId(String(payload.grantId))?.id ?? '',
        scope: String(payload.scope ?? ''),
        redirectUri: String(payload.redirectUri),
        codeChallenge: payload.codeChallenge,
        codeChallengeMethod: payload.codeChallengeMethod,
        nonce: payload.nonce,
        authTime: Number(payload.authTime ?? payload.iat),
        issuedAt: Number(payload.iat),
        expiresAt: Number(payload.exp),
        details: detailsOf(payload, columns),
      })
    },

    /**
     * Hides that a code is spent and notes it instead: the library would decide by where it stops,
     * our rule looks at how the whole request ended (code-reuse.ts).
     */
    async find(code) {
      const ctx = requestNow()
      const notes = notesOf(ctx)
      const { read } = notes
      const row =
        read?.presented === code ? read.code : await findAuthorizationCode(db, hashOf(code))
      if (!row) return undefined
      const scope = stillAllowed(row.scope, row.consentScopes)
      if (scope === '') return undefined
      if (row.codeChallenge) notes.codeChallenge = row.codeChallenge
      if (row.consumed) notes.codeReuse = { familyId: row.familyId, doubleClick: false }
      return {
        ...row.details,
        jti: code,
        kind: 'AuthorizationCode',
        grantId: familyGrantId(row.familyId),
        accountId: row.accountId,
        clientId: row.clientId,
        scope,
        redirectUri: row.redirectUri,
        codeChallenge: row.codeChallenge ?? undefined,
        codeChallengeMethod: row.codeChallengeMethod ?? undefined,
        nonce: row.nonce ?? undefined,
        authTime: row.authTime,
        iat: row.issuedAt,
        exp: notYetOver(row.expiresAt),
      }
    },

    /** Reached only by the right client with the right verifier and redirect_uri. */
    async consume(code) {
      const notes = notesOf(requestNow())
      if (notes.codeReuse) {
        notes.codeReuse.doubleClick = notes.read?.code?.doubleClick === true
        throw new errors.InvalidGrant('authorization code already used')
      }
      notes.work = { spent: { kind: 'code', hash: hashOf(code) } }
    },

    // Tokens of an ended family are dead by the join; nothing to delete.
    async revokeByGrantId() {},
  }
}
