import { timingSafeEqual } from 'node:crypto'
import type { Introspected, LivingToken } from '#db/credentials.ts'
import { hexHash, scopesNow } from '../credentials.ts'
import type { Question } from './question.ts'

export interface Dialect {
  issuer: string
  /** AutoGPT's own dialect has words of its own for token_type (contract, section 3). */
  json: boolean
}

const inactive = { active: false }

/**
 * The library's answer as answers.ts completes it, member by member; undefined where only the
 * library can give it: the client did not prove itself, or the token has something rare about it.
 */
export function answerTo(
  { kind, clientId, secret }: Question,
  found: Introspected,
  { issuer, json }: Dialect,
): object | undefined {
  if (!provesItself(found, secret)) return undefined
  if (found.clientId === null) return inactive
  if (!isOrdinary(found)) return undefined
  const scope = scopesNow(found)
  // RFC 7662 4: whose it is and who asks decide, and no one learns more from a no.
  const asksOwn = found.clientId === clientId
  if (scope === undefined || !(asksOwn || found.callerIsResourceServer)) return inactive
  const { accountId } = found
  const person = accountId ?? undefined
  const refresh = kind === 'refresh'
  const { sid, aud } = found.details
  return {
    active: true,
    sub: person,
    client_id: found.clientId,
    exp: found.expiresAt,
    iat: found.issuedAt,
    // As in the library's models: a refresh token has no audience, a machine's token no session.
    sid: kind === 'machine' ? undefined : sid,
    iss: issuer,
    aud: refresh ? undefined : aud,
    scope: scope || undefined,
    token_type: typeOf(refresh, json),
    user_id: person,
    scopes: scope.split(' ').filter(Boolean),
  }
}

function typeOf(refresh: boolean, json: boolean): string | undefined {
  if (json) return refresh ? 'refresh_token' : 'access_token'
  return refresh ? undefined : 'Bearer'
}

/** Public apps have no secret and prove nothing here. */
function provesItself({ callerType, callerSecrets }: Introspected, secret: string): boolean {
  if (!callerSecrets || callerType === 'spa' || callerType === 'native') return false
  const presented = Buffer.from(hexHash(secret))
  return callerSecrets
    .split(' ')
    .map((known) => Buffer.from(known))
    .some((known) => known.length === presented.length && timingSafeEqual(known, presented))
}

/** Members that change nothing in the answer, and those that answerTo() knows. */
const ordinary = new Set(['acr', 'amr', 'aud', 'claims', 'resource', 'sessionUid', 'sid'])

/** Anything else may bind the token to a key or a session, or add to the answer. */
function isOrdinary({ details }: LivingToken): boolean {
  for (const name in details) if (!ordinary.has(name)) return false
  return true
}
