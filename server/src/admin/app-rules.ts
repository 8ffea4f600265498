import type { Client } from '#db/clients.ts'
import type { FieldError } from '#web/problem.ts'

/** What decides whether a registration is sound, wherever it comes from. */
export interface RegistrationRules {
  /** Every scope that exists, identity scopes among them. */
  scopes: readonly string[]
  redirectUriProblem(uri: string, type: Client['type']): string | undefined
}

export type Registration = Pick<
  Client,
  | 'type'
  | 'grantTypes'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'allowedOrigins'
  | 'scopes'
  | 'optionalScopes'
  | 'requirePkce'
>

/** Everything wrong with the registration as a whole, each with the field to change. */
export function registrationProblems(app: Registration, rules: RegistrationRules): FieldError[] {
  return [
    ...uriProblems('redirect_uris', app.redirectUris, app.type, rules),
    ...uriProblems('post_logout_redirect_uris', app.postLogoutRedirectUris, app.type, rules),
    ...(usesCode(app) && app.redirectUris.length === 0
      ? [problem('redirect_uris', 'Give at least one: people are sent back there.')]
      : []),
    ...scopeProblems(app, rules),
    ...grantTypeProblems(app),
    ...(!app.requirePkce && !isConfidential(app.type)
      ? [problem('require_pkce', 'Leave it on: only a confidential app can do without PKCE.')]
      : []),
  ]
}

/** Only these can keep a secret. */
export const isConfidential = (type: Client['type']): boolean =>
  type === 'web' || type === 'machine'

export const defaultGrantTypes = (type: Client['type']): string[] =>
  type === 'machine' ? ['client_credentials'] : ['authorization_code', 'refresh_token']

/** Pages that get a code are those that will redeem it: CORS for their origins, unless told otherwise. */
export function originsOf(redirectUris: string[]): string[] {
  const web = redirectUris.filter((uri) => /^https?:\/\//.test(uri) && URL.canParse(uri))
  return [...new Set(web.map((uri) => new URL(uri).origin))]
}

const problem = (field: string, message: string): FieldError => ({ field, message })

const usesCode = ({ type, grantTypes }: Registration) =>
  type !== 'machine' && grantTypes.includes('authorization_code')

function uriProblems(
  field: string,
  uris: string[],
  type: Client['type'],
  { redirectUriProblem }: RegistrationRules,
): FieldError[] {
  return uris.flatMap((uri) => {
    const advice = redirectUriProblem(uri, type)
    return advice ? [problem(field, `${shown(uri)}: ${advice}`)] : []
  })
}

function scopeProblems({ scopes, optionalScopes }: Registration, rules: RegistrationRules) {
  const unknown = scopes.filter((scope) => !rules.scopes.includes(scope))
  const unregistered = optionalScopes.filter((scope) => !scopes.includes(scope))
  return [
    ...unknown.map((scope) => problem('scopes', `${shown(scope)}: there is no such scope.`)),
    ...unregistered.map((scope) =>
      problem('optional_scopes', `${shown(scope)}: name it in scopes too.`),
    ),
  ]
}

function grantTypeProblems({ type, grantTypes }: Registration): FieldError[] {
  const refuse = (message: string) => [problem('grant_types', message)]
  if (grantTypes.length === 0) return refuse('Give at least one.')
  if (type === 'machine') {
    const others = grantTypes.some((grant) => grant !== 'client_credentials')
    return others ? refuse('A machine app has client_credentials only.') : []
  }
  if (!isConfidential(type) && grantTypes.includes('client_credentials')) {
    return refuse('Only a confidential app can have client_credentials.')
  }
  if (grantTypes.includes('refresh_token') && !grantTypes.includes('authorization_code')) {
    return refuse('refresh_token needs authorization_code.')
  }
  return []
}

const shown = (text: string) => JSON.stringify(text.slice(0, 200))
