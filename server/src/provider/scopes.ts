/**
 * The one table of scopes. Consent, discovery, docs and the gateway follow from it; the sentence a
 * person reads stands in web/locales/<tag>/scopes.ts, where a missing one does not compile.
 */
export interface Scope {
  /** The External API Guide's words, for developers. */
  description: string
  group: ScopeGroup
  /** legacy: v1 only, kept for existing apps. */
  tier: 'core' | 'legacy'
  /** What a person should think twice about. */
  sensitivity: 'normal' | 'spends' | 'deletes'
}

export const scopeGroups = [
  'identity',
  'agents',
  'runs',
  'schedules',
  'files',
  'marketplace',
  'account',
] as const
export type ScopeGroup = (typeof scopeGroups)[number]

const scope = (
  group: ScopeGroup,
  description: string,
  rest: Partial<Pick<Scope, 'tier' | 'sensitivity'>> = {},
): Scope => ({ description, group, tier: 'core', sensitivity: 'normal', ...rest })

export const platformScopes = {
  IDENTITY: scope('identity', 'Read user ID, e-mail, and timezone'),
  READ_GRAPH: scope('agents', 'Read graph/agent definitions and versions'),
  WRITE_GRAPH: scope('agents', 'Create, update, and delete graphs', { sensitivity: 'deletes' }),
  READ_BLOCK: scope('agents', 'Read block definitions'),
  READ_STORE: scope('marketplace', 'Access the agent marketplace'),
  WRITE_STORE: scope('marketplace', 'Create, update, and delete marketplace submissions', {
    sensitivity: 'deletes',
  }),
  READ_LIBRARY: scope('agents', 'List library agents and their runs'),
  WRITE_LIBRARY: scope('agents', 'Add, change, and remove library agents and folders', {
    sensitivity: 'deletes',
  }),
  RUN_AGENT: scope('runs', 'Execute agents from your library', { sensitivity: 'spends' }),
  READ_RUN: scope('runs', 'List and get agent run details'),
  WRITE_RUN: scope('runs', 'Stop and delete runs', { sensitivity: 'deletes' }),
  SHARE_RUN: scope('runs', 'Share runs by public link, and end sharing'),
  READ_RUN_REVIEW: scope('runs', 'List pending human-in-the-loop reviews'),
  WRITE_RUN_REVIEW: scope('runs', 'Submit human-in-the-loop review responses'),
  READ_SCHEDULE: scope('schedules', 'List execution schedules'),
  WRITE_SCHEDULE: scope('schedules', 'Create and delete schedules', { sensitivity: 'spends' }),
  READ_FILES: scope('files', 'List and download workspace files'),
  WRITE_FILES: scope('files', 'Upload and delete workspace files', { sensitivity: 'deletes' }),
  UPLOAD_FILES: scope('files', 'Upload files for agent input'),
  READ_CREDITS: scope('account', 'Get credit balance and transaction history'),
  READ_INTEGRATIONS: scope('account', 'List OAuth credentials'),
  EXECUTE_GRAPH: scope('runs', 'Execute graphs directly (use RUN_AGENT in v2)', {
    tier: 'legacy',
    sensitivity: 'spends',
  }),
  EXECUTE_BLOCK: scope('runs', 'Execute individual blocks', {
    tier: 'legacy',
    sensitivity: 'spends',
  }),
  USE_TOOLS: scope('runs', 'Use chat tools via external API', {
    tier: 'legacy',
    sensitivity: 'spends',
  }),
  MANAGE_INTEGRATIONS: scope('account', 'Initiate and complete OAuth flows', { tier: 'legacy' }),
  DELETE_INTEGRATIONS: scope('account', 'Delete OAuth credentials', {
    tier: 'legacy',
    sensitivity: 'deletes',
  }),
} as const satisfies Record<string, Scope>

export type PlatformScope = keyof typeof platformScopes

export const platformScopeNames = Object.keys(platformScopes) as PlatformScope[]

/** OpenID Connect Core 5.4 and 11: any app may ask for them, none registers them. */
export const identityScopes = ['openid', 'profile', 'email', 'offline_access'] as const

export const allScopes: readonly string[] = [...identityScopes, ...platformScopeNames]

export const isPlatformScope = (name: string): name is PlatformScope =>
  Object.hasOwn(platformScopes, name)

/** Who the person is: one locked line on the consent page. */
export const isIdentity = (name: string): boolean =>
  name === 'IDENTITY' || (identityScopes as readonly string[]).includes(name)

/** Claims that a scope opens in userinfo and the ID token (contract, section 5). */
export const claimsByScope = {
  openid: ['sub'],
  profile: ['name', 'zoneinfo'],
  email: ['email', 'email_verified'],
  IDENTITY: ['email', 'email_verified', 'name', 'zoneinfo'],
}
