import type { Operation } from '../src/gateway/operations.ts'

/** What came of a request: let in (2xx), sent to sign in, or exactly this status. */
export type Outcome = 'in' | 'login' | `${number}`

export const programs = ['key', 'machine', 'token'] as const
const people = ['other', 'admin', 'user'] as const
/** Who may delete what is looked at comes last. */
export const callers = ['anonymous', ...programs, ...people] as const
export type Caller = (typeof callers)[number]

/** Exactly one outcome for each, so that a route which opens, closes or vanishes is seen. */
export type Access = Record<Caller, Outcome>

const everybody = (outcome: Outcome): Access => ({
  anonymous: outcome,
  key: outcome,
  machine: outcome,
  token: outcome,
  other: outcome,
  admin: outcome,
  user: outcome,
})

/** The outcome is what comes behind the door: of a request that fits nothing a 400, say. */
const access = {
  /** For anybody, signed in or not. */
  public: (outcome: Outcome = 'in') => everybody(outcome),
  /** A person's own page; credentials of programs are not looked at (A165). */
  person: (outcome: Outcome = 'in'): Access => ({
    ...everybody('login'),
    ...{ user: outcome, other: outcome, admin: outcome },
  }),
  /** One thing of one person: to another it is not there (A158). */
  owned: (outcome: Outcome): Access => ({
    ...access.person('404'),
    user: outcome,
  }),
  personApi: (outcome: Outcome = 'in'): Access => ({
    ...everybody('401'),
    ...{ user: outcome, other: outcome, admin: outcome },
  }),
  ownedApi: (): Access => ({ ...access.personApi('404'), user: 'in' }),
  /** A159: an app is refused, also an administrator's. */
  adminApi: (outcome: Outcome = 'in'): Access => ({
    ...everybody('403'),
    ...{ anonymous: '401', key: '401', admin: outcome },
  }),
  adminPage: (outcome: Outcome = 'in'): Access => ({
    ...access.person('403'),
    admin: outcome,
  }),
  /** The end of a sign-in; whoever is not signed in begins one. */
  signedIn: (): Access => ({ ...everybody('303'), user: 'in', other: 'in', admin: 'in' }),
  /** Ends at the sign-in page; who is signed in goes on to their account. */
  signIn: (): Access => ({ ...access.person('303'), ...programsIn }),
}

const programsIn = { anonymous: 'in', key: 'in', machine: 'in', token: 'in' } as const

// The first that matches. A route that none matches fails the test: say whose it is.
const declared: [pattern: RegExp, access: Access][] = [
  // Preflights that are none.
  [/^OPTIONS /, access.public('404')],
  [/ \/api\/admin\/(openapi\.json|docs)/, access.public()],
  [/^POST \/api\/admin\/(apps|users)$/, access.adminApi('400')],
  [/^POST \/api\/admin\/(apps|users)\/:id\/(secrets|api-keys)$/, access.adminApi('400')],
  [/ \/api\/admin\/[\w/]*:/, access.adminApi('404')],
  [/ \/api\/admin\//, access.adminApi()],
  [/^POST \/admin\/apps\/new$/, access.adminPage('400')],
  [/ \/admin\/apps\/:id\//, access.adminPage('404')],
  [/ \/admin(\/|$)/, access.adminPage()],
  // A proxy asks about somebody's call; nobody else has anything to ask.
  [/ \/api\/forward-auth$/, access.public('403')],
  [/ \/external-api\/(v[12]\/)?(openapi\.json$|docs(\/|$))/, access.public()],
  [/^POST \/api\/api-keys$/, access.personApi('400')],
  [/ \/api\/api-keys$/, access.personApi()],
  [/ \/api\/api-keys\//, access.ownedApi()],
  [/ \/account\/api-keys\/:id/, access.owned('303')],
  // Links of mails prove themselves.
  [/ \/account\/(email|apps\/not-me)$/, access.public('404')],
  [/^POST \/account\/(profile|sessions)$/, access.person('303')],
  [/^POST \/account\/data\.json$/, access.person()],
  [/^POST \/account(\/|$)/, access.person('400')],
  [/ \/account(\/|$)/, access.person()],
  // Steps of a sign-in that is nobody's.
  [/ \/auth\/interaction\//, access.public('400')],
  [/ \/fedcm\/accounts$/, access.personApi()],
  [/ \/fedcm\/(client|assertion|disconnect)$/, access.public('403')],
  [/^POST \/fedcm\/use-another-account$/, access.public('303')],
  [/^GET (\/to\/:page)?\/login$/, access.signIn()],
  // Who is signed in is asked whether it is for them, or goes on in the browser's dialog.
  [/^GET \/fedcm\/login$/, access.public()],
  [/^GET (\/fedcm|\/to\/:page)?\/(signup|forgot-password)$/, access.public()],
  [/^POST (\/fedcm|\/to\/:page)?\/(login|signup|forgot-password)$/, access.public('400')],
  [/ (\/fedcm|\/to\/:page)?\/check-mail\//, access.public('404')],
  [/ \/fedcm\/config\.json$/, access.public()],
  [/ \/fedcm\/signed-in$/, access.signedIn()],
  // For the machine's own keeper, by address (metrics), whoever is signed in.
  [/ \/(metrics|health\/\w+)$/, access.public()],
  [/ \/(outbox\/:name|verify|reset|setup)$/, access.public('404')],
  [/ (\/to\/:page)?\/(use-another-account|logout)$/, access.public('login')],
  [/ \/widget\//, access.public('404')],
  [/ \/\.well-known\//, access.public()],
  [/ \/api\/oauth\/app\//, access.public('404')],
  [/ \/$/, access.public()],
  // The protocol's. Requests of nobody: without a client, without a token.
  // A post comes back as a GET, with the cookies.
  [/^POST \/auth\/authorize$/, access.public('303')],
  [/ \/auth\/authorize/, access.public('400')],
  [/^POST \/auth\/logout$/, access.public('303')],
  [/^POST \/auth\/logout\/confirm$/, access.public('400')],
  [/ \/auth\/logout/, access.public()],
  [/ \/api\/oauth\/userinfo$/, { ...access.public('401'), token: 'in' }],
  [/ \/api\/oauth\//, access.public('400')],
]

/** Whom a route is for; undefined: nobody said. */
export const accessOf = (route: string): Access | undefined =>
  declared.find(([pattern]) => pattern.test(route))?.[1]

/** Declarations that are no route's. */
export function unused(routes: string[]): RegExp[] {
  const used = new Set(routes.map((route) => declared.findIndex(([known]) => known.test(route))))
  return declared.filter((_, index) => !used.has(index)).map(([pattern]) => pattern)
}

/** An operation opens to credentials with its scopes: not to a session, whoever's. */
export function accessToOperation(
  { scopes: needed, path, described }: Operation,
  held: Record<(typeof programs)[number], string[]>,
): Access {
  const by = (scopes: string[]) => (needed.every((scope) => scopes.includes(scope)) ? 'in' : '403')
  // Bearer only; the sandbox has no MCP server.
  if (described['x-mcp']) return { ...everybody('401'), token: '501', machine: '501' }
  return {
    ...everybody('401'),
    key: by(held.key),
    token: by(held.token),
    // A machine is nobody.
    machine: path === '/me' ? '403' : by(held.machine),
  }
}
