/**
 * The provider knows one thing, a grant. We have two: a consent, which lasts, and the token family
 * of one code. Both appear to it as grants whose ids say which they are.
 */
export const consentGrantId = (consentId: string) => `c_${consentId}`
export const familyGrantId = (familyId: string) => `f_${familyId}`

export type GrantRef = { kind: 'consent' | 'family'; id: string }

export function parseGrantId(grantId: string): GrantRef | undefined {
  if (grantId.startsWith('c_')) return { kind: 'consent', id: grantId.slice(2) }
  if (grantId.startsWith('f_')) return { kind: 'family', id: grantId.slice(2) }
  return undefined
}
