import type { NamedKey } from '../../keys.ts'
import { hashOf, successorOf } from '../token-ids.ts'

export interface Successor {
  token: string
  hash: Buffer
  keyId: string
}

/** What a rotation of this token gives: under the key it was first redeemed with, or the current one. */
export type SuccessorFinder = (token: string, keyId?: string | null) => Successor

/** Another node has redeemed the token with a SECRET_KEY that is not known here. */
export class UnknownSuccessorKey extends Error {
  override name = 'UnknownSuccessorKey'
  override message =
    'A refresh token was first redeemed under a SECRET_KEY that this server neither has nor accepts.'
}

export function successorFinder(keys: readonly NamedKey[]): SuccessorFinder {
  return (token, keyId) => {
    const known = keyId ? keys.find(({ id }) => id === keyId) : keys[0]
    if (!known) throw new UnknownSuccessorKey()
    const successor = successorOf(token, known.key)
    return { token: successor, hash: hashOf(successor), keyId: known.id }
  }
}
