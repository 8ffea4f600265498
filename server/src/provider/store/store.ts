import type { AdapterPayload } from 'oidc-provider'

/** The part of oidc-provider's Adapter that one model needs; whatever is left out is never called. */
export interface Store {
  find?(id: string): Promise<AdapterPayload | undefined>
  findByUid?(uid: string): Promise<AdapterPayload | undefined>
  upsert?(id: string, payload: AdapterPayload, expiresIn: number): Promise<void>
  consume?(id: string): Promise<void>
  destroy?(id: string): Promise<void>
  revokeByGrantId?(grantId: string): Promise<void>
}

/** Members of the model that have no column of their own. */
export function detailsOf(payload: AdapterPayload, columns: readonly string[]): object {
  const known = new Set([
    ...columns,
    'jti',
    'kind',
    'iat',
    'exp',
    'accountId',
    'clientId',
    'grantId',
  ])
  return Object.fromEntries(
    Object.entries(payload).filter(([key, value]) => !known.has(key) && value !== undefined),
  )
}

/** What a token may do is what was asked for and is still consented to. */
export function stillAllowed(scope: string, consentScopes: string[]): string {
  return scope
    .split(' ')
    .filter((name) => consentScopes.includes(name))
    .join(' ')
}

/** When what has so many seconds left ends, by this server's clock, which is the library's. */
export const endsIn = (lifetime: number): number => Math.floor(Date.now() / 1000) + lifetime

/**
 * For the library, which would look at this server's clock, and that may be wrong: what the database
 * has found to live, or will look at once more before it is spent, does not end in this request.
 */
export const notYetOver = (expiresAt: number): number =>
  expiresAt < endsIn(5) ? endsIn(60) : expiresAt
