import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { addClientSecret } from '#db/client-secrets.ts'
import type { NewClient } from '#db/clients.ts'
import type { Database } from '#db/database.ts'
import type { TestClient, TestServer } from '../harness.ts'
import { noteSecrets } from '../suite-log/suite-log.ts'

/** Everything that can be said of a stored token, and whatever may have become of it. */
interface State {
  scope?: string
  consent?: string[]
  expiresIn?: number
  issuedAgo?: number
  familyEnded?: boolean
  personDisabled?: boolean
  /** Seconds ago. */
  consumed?: number
  details?: object
}

const states: Record<string, State> = {
  live: {},
  'allowed more': { consent: ['openid', 'IDENTITY', 'READ_GRAPH', 'RUN_AGENT'] },
  narrowed: { consent: ['READ_GRAPH', 'openid'] },
  'narrowed to what it never had': { consent: ['RUN_AGENT'] },
  'narrowed to nothing': { consent: [] },
  'without a scope': { scope: '' },
  'just expired': { expiresIn: -3 },
  'long expired': { expiresIn: -90_000, issuedAgo: 100_000 },
  'issued by a clock that is ahead': { issuedAgo: -90 },
  'of an ended family': { familyEnded: true },
  'of a disabled person': { personDisabled: true },
  'spent just now': { consumed: 1 },
  'spent long ago': { consumed: 90_000 },
  'as the library makes them': { details: { claims: {}, sessionUid: 'u', sid: 's', acr: '0' } },
  'with an audience': { details: { aud: 'https://api.example' } },
  'with audiences': { details: { aud: ['https://api.example', 'https://b.example'] } },
  'with claims of its own': { details: { extra: { active: false, tier: 'gold' } } },
  'bound to a key': { details: { jkt: 'QKv8sIsVsUg-6S4x4Ai0YQ' } },
  'bound to a certificate': { details: { 'x5t#S256': 'QKv8sIsVsUg-6S4x4Ai0YQ' } },
  'bound to a session that ended': { details: { expiresWithSession: true, sessionUid: 'gone' } },
  'of another format': { details: { format: 'jwt', jwt: 'x' } },
  'with something new': { details: { novelty: 1 } },
}
export const stateNames = Object.keys(states)

export const kinds = ['user', 'machine', 'refresh'] as const
export type Kind = (typeof kinds)[number]
const prefixes = { user: 'agpt_xt_u', machine: 'agpt_xt_m', refresh: 'agpt_rt_' }

const clientFields = {
  app: {},
  other: { allowedOrigins: ['https://other.example'] },
  reader: { resourceServer: true },
  machine: { type: 'machine' },
  'machine that reads': { type: 'machine', resourceServer: true },
  public: { type: 'spa' },
  'public on a phone': { type: 'native' },
  'public that reads': { type: 'spa', resourceServer: true },
  disabled: { disabledAt: new Date() },
  'disabled that reads': { disabledAt: new Date(), resourceServer: true },
  'without a secret': {},
  'with an odd name': { clientId: 'agpt_client_%41 b+c:d/e' },
} satisfies Record<string, Partial<NewClient>>
export const callerNames = Object.keys(clientFields) as CallerName[]
export type CallerName = keyof typeof clientFields

export interface Caller extends TestClient {
  secrets: Record<'first' | 'second' | 'ending' | 'over', string>
}

export interface World {
  callers: Record<CallerName, Caller>
  /** The token of that kind and state, issued to that client; there need not be one. */
  token(kind: Kind, owner: CallerName, state: string): string
}

/** Clients of all sorts, and for each of them tokens in every state there is. */
export async function createWorld(server: TestServer): Promise<World> {
  const callers = {} as Record<CallerName, Caller>
  for (const name of callerNames) callers[name] = await createCaller(server, name)
  const tokens = new Map<string, string>()
  for (const owner of callerNames) {
    for (const [name, state] of Object.entries(states)) {
      for (const kind of kinds) {
        const token = prefixes[kind] + randomBytes(32).toString('base64url')
        await storeToken(server.db, { token, kind, owner: callers[owner], state })
        tokens.set(`${kind} ${owner} ${name}`, token)
      }
    }
  }
  noteSecrets(...tokens.values())
  return { callers, token: (...place) => tokens.get(place.join(' ')) ?? '' }
}

async function createCaller(server: TestServer, name: CallerName): Promise<Caller> {
  const client = await server.client(clientFields[name])
  const withSecret = (expiresAt?: Date) => addSecret(server.db, client.id, expiresAt)
  const secrets = {
    first: client.secret,
    second: await withSecret(),
    ending: await withSecret(new Date(Date.now() + 3_600_000)),
    over: await withSecret(new Date(Date.now() - 1000)),
  }
  if (name === 'without a secret') {
    await server.db.query('delete from client_secrets where client_id = $1', [client.id])
  }
  return { ...client, secrets }
}

async function addSecret(db: Database, clientRowId: string, expiresAt?: Date): Promise<string> {
  const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
  noteSecrets(secret)
  const secretHash = createHash('sha256').update(secret).digest()
  const rest = { hint: secret.slice(-4), expiresAt }
  await addClientSecret(db, { id: randomUUID(), clientRowId, secretHash, ...rest })
  return secret
}

interface Stored {
  token: string
  kind: Kind
  owner: TestClient
  state: State
}

/** As the server stores it, but in whatever state: most of them take a while to get into. */
async function storeToken(db: Database, { token, kind, owner, state }: Stored): Promise<void> {
  const { scope = 'openid IDENTITY READ_GRAPH', consent = ['openid', 'IDENTITY', 'READ_GRAPH'] } =
    state
  const { expiresIn = 3600, issuedAgo = 10, consumed = null, details = {} } = state
  const hash = createHash('sha256').update(token).digest('hex')
  const common = [hash, owner.id, scope, JSON.stringify(details), issuedAgo, expiresIn]
  const times = `now() - make_interval(secs => $5), date_trunc('second', now()) + make_interval(secs => $6)`
  if (kind === 'machine') {
    await db.query(
      `insert into access_tokens (token_hash, client_id, scope, details, issued_at, expires_at)
       values (decode($1, 'hex'), $2, $3, $4, ${times})`,
      common,
    )
    return
  }
  const refresh = kind === 'refresh'
  await db.query(
    `with account as (
       insert into accounts (id, email, email_key, disabled_at)
       values (gen_random_uuid(), $1::text, $1::text, case when $7 then now() end)
       returning id
     ), consent as (
       insert into consents (id, account_id, client_id)
       select gen_random_uuid(), id, $2 from account
       returning id
     ), allowed as (
       insert into consent_scopes (consent_id, scope)
       select id, unnest($8::text[]) from consent
     ), family as (
       insert into token_families (id, consent_id, ended_at)
       select gen_random_uuid(), id, case when $9 then now() end from consent
       returning id
     )
     insert into ${refresh ? 'refresh_tokens' : 'access_tokens'}
       (token_hash, family_id, scope, details, issued_at, expires_at
        ${refresh ? ', first_issued_at, consumed_at' : ''})
     select decode($1::text, 'hex'), id, $3, $4, ${times}
            ${refresh ? ', now(), now() - make_interval(secs => $10::integer)' : ''}
       from family`,
    [
      ...common,
      state.personDisabled ?? false,
      consent,
      state.familyEnded ?? false,
      ...(refresh ? [consumed] : []),
    ],
  )
}
