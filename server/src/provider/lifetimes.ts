const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Seconds. Those of tokens and codes are the contract's (section 3). */
export const lifetimes = {
  authorizationCode: 10 * minute,
  accessToken: hour,
  clientCredentials: hour,
  idToken: hour,
  refreshToken: 30 * day,
  /** However often it is refreshed, a family ends then (ASVS 10.4.8). */
  refreshFamily: 365 * day,
  interaction: hour,
  sessionIdle: 14 * day,
  sessionAbsolute: 30 * day,
} as const

/** Thirty days, but never past the family's own end. */
export function refreshTokenLifetime(firstIssuedAt: number | undefined, now: number): number {
  if (firstIssuedAt === undefined) return lifetimes.refreshToken
  const left = firstIssuedAt + lifetimes.refreshFamily - now
  return Math.max(1, Math.min(lifetimes.refreshToken, left))
}
