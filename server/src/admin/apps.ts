import { randomBytes, randomUUID } from 'node:crypto'
import { findAccount } from '#db/accounts.ts'
import { recordEvent } from '#db/audit-events.ts'
import { type Client, createClient, deleteClient, findClient, updateClient } from '#db/clients.ts'
import { withdrawScopesOfClient } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'
import { camelCased, invalid } from '#web/wire.ts'
import type { Caller } from './administrators.ts'
import {
  defaultGrantTypes,
  isConfidential,
  originsOf,
  type RegistrationRules,
  registrationProblems,
} from './app-rules.ts'
import type { AppChange, NewApp } from './app-schemas.ts'
import { issueSecret } from './app-secrets.ts'

interface Work {
  db: Db
  caller: Caller
  rules: RegistrationRules
}

/** Registers an app for the API and the admin page alike; the secret exists in this answer only. */
export async function registerApp(
  { db, caller, rules }: Work,
  input: NewApp,
): Promise<{ client: Client; secret?: string }> {
  const app = completed(input)
  check(app, rules)
  return db.transaction(async (tx) => {
    await checkOwner(tx, app.ownerId)
    const client = await createClient(tx, app)
    const secret = isConfidential(client.type) ? await issueSecret(tx, client.id) : undefined
    await recordEvent(tx, {
      ...caller,
      kind: 'app.created',
      clientId: client.id,
      details: { name: client.name, type: client.type },
    })
    return { client, secret: secret?.value }
  })
}

export async function changeApp(
  { db, caller, rules }: Work,
  id: string,
  input: AppChange,
): Promise<Client> {
  return db.transaction(async (tx) => {
    // An empty update locks the row: what is checked here is what the change is made to.
    const before = found(await updateClient(tx, id, {}), 'app')
    const patch = patched(before, input)
    check({ ...before, ...patch }, rules)
    await checkOwner(tx, patch.ownerId)
    const after = found(await updateClient(tx, id, patch), 'app')
    // What an app is not registered for any more, no token of it may do, however long it lives.
    const lost = before.scopes.filter((scope) => !after.scopes.includes(scope))
    if (lost.length > 0) await withdrawScopesOfClient(tx, id, lost)
    await recordEvent(tx, {
      ...caller,
      kind: kindOf(before, after),
      clientId: id,
      details: { fields: Object.keys(input) },
    })
    return after
  })
}

/** Secrets, consents and tokens go with it. */
export async function removeApp({ db, caller }: Omit<Work, 'rules'>, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const client = found(await findClient(tx, id), 'app')
    await deleteClient(tx, id)
    const details = { name: client.name, client_id: client.clientId }
    await recordEvent(tx, { ...caller, kind: 'app.deleted', clientId: id, details })
  })
}

function completed(input: NewApp) {
  const type = typeOf(input)
  const redirectUris = input.redirect_uris ?? []
  const { owner, id_token_signed_response_alg, type: _, profile: __, ...rest } = input
  return {
    id: randomUUID(),
    clientId: `agpt_client_${randomBytes(16).toString('base64url')}`,
    description: '',
    redirectUris,
    postLogoutRedirectUris: [],
    allowedOrigins: originsOf(redirectUris),
    optionalScopes: [],
    grantTypes: defaultGrantTypes(type) as string[],
    website: null,
    logoUrl: null,
    privacyUrl: null,
    termsUrl: null,
    accessTokenFormat: 'opaque' as const,
    requirePkce: true,
    resourceServer: false,
    requestsPerMinute: null,
    ...camelCased(rest),
    type,
    ownerId: owner ?? null,
    idTokenAlg: id_token_signed_response_alg ?? ('ES256' as const),
    // An administrator made it: nobody else has to look at it again.
    approvedAt: new Date(),
  }
}

/** Both vocabularies; a public app with a scheme of its own can only be a native one. */
function typeOf({ type = 'web', redirect_uris = [] }: NewApp): Client['type'] {
  if (type === 'confidential') return 'web'
  if (type !== 'public') return type
  return redirect_uris.some((uri) => /^(?!https?:)[a-z][a-z0-9+.-]*:/.test(uri)) ? 'native' : 'spa'
}

function patched(before: Client, input: AppChange) {
  const { owner, id_token_signed_response_alg, is_active, approved, ...rest } = input
  return {
    ...camelCased(rest),
    ...(input.redirect_uris && !input.allowed_origins && followingOrigins(before, input)),
    ...(owner !== undefined && { ownerId: owner }),
    ...(id_token_signed_response_alg && { idTokenAlg: id_token_signed_response_alg }),
    ...(is_active !== undefined && { disabledAt: switched(before.disabledAt, !is_active) }),
    ...(approved !== undefined && { approvedAt: switched(before.approvedAt, approved) }),
  }
}

const switched = (since: Date | null, on: boolean) => (on ? (since ?? new Date()) : null)

// Origins that nobody chose follow the redirect URIs they came from.
function followingOrigins({ redirectUris, allowedOrigins }: Client, input: AppChange) {
  const derived = originsOf(redirectUris)
  const chosen = derived.length !== allowedOrigins.length || !derived.every(isIn(allowedOrigins))
  return chosen ? undefined : { allowedOrigins: originsOf(input.redirect_uris ?? []) }
}

const isIn = (list: string[]) => (item: string) => list.includes(item)

function check(app: Parameters<typeof registrationProblems>[0], rules: RegistrationRules): void {
  const problems = registrationProblems(app, rules)
  if (problems.length > 0) throw invalid(problems)
}

async function checkOwner(db: Db, ownerId: string | null | undefined): Promise<void> {
  if (!ownerId || (await findAccount(db, ownerId))) return
  throw invalid([{ field: 'owner', message: 'There is no such user.' }])
}

function kindOf(before: Client, after: Client): string {
  if (Boolean(before.disabledAt) === Boolean(after.disabledAt)) return 'app.updated'
  return after.disabledAt ? 'app.disabled' : 'app.enabled'
}
