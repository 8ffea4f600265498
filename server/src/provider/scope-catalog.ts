import type { Locale } from '#web/locale.ts'
import {
  identityScopes,
  isIdentity,
  isPlatformScope,
  platformScopes,
  scopeGroups,
} from './scopes.ts'

/** The scope table as pages need it: facts and the sentence in the reader's language. */
export const scopeCatalog = {
  isIdentity,
  needsNoRegistration: (scope: string): boolean =>
    (identityScopes as readonly string[]).includes(scope),
  groups: scopeGroups,
  describe(scope: string, { messages }: Locale) {
    if (!isPlatformScope(scope)) return undefined
    const { group, sensitivity, tier } = platformScopes[scope]
    return { group, sensitivity, legacy: tier === 'legacy', sentence: messages.scopes[scope] }
  },
}
