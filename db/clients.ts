import type { Db } from './database.ts'
import { isText, isUuid } from './values.ts'

export interface Client {
  id: string
  clientId: string
  name: string
  description: string
  type: 'web' | 'spa' | 'native' | 'machine'
  grantTypes: string[]
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  allowedOrigins: string[]
  scopes: string[]
  optionalScopes: string[]
  website: string | null
  logoUrl: string | null
  privacyUrl: string | null
  termsUrl: string | null
  ownerId: string | null
  idTokenAlg: 'ES256' | 'RS256'
  accessTokenFormat: 'opaque' | 'jwt'
  requirePkce: boolean
  resourceServer: boolean
  /** Calls of the external API for all its users together; null: no limit of its own. */
  requestsPerMinute: number | null
  approvedAt: Date | null
  disabledAt: Date | null
  createdAt: Date
  updatedAt: Date
}

const columnNames = {
  id: 'id',
  clientId: 'client_id',
  name: 'name',
  description: 'description',
  type: 'type',
  grantTypes: 'grant_types',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  allowedOrigins: 'allowed_origins',
  scopes: 'scopes',
  optionalScopes: 'optional_scopes',
  website: 'website',
  logoUrl: 'logo_url',
  privacyUrl: 'privacy_url',
  termsUrl: 'terms_url',
  ownerId: 'owner_id',
  idTokenAlg: 'id_token_alg',
  accessTokenFormat: 'access_token_format',
  requirePkce: 'require_pkce',
  resourceServer: 'resource_server',
  requestsPerMinute: 'requests_per_minute',
  approvedAt: 'approved_at',
  disabledAt: 'disabled_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies Record<keyof Client, string>

type Required = 'id' | 'clientId' | 'name' | 'type' | 'grantTypes'
type Settable = Omit<Client, 'createdAt' | 'updatedAt'>
export type NewClient = Pick<Client, Required> & Partial<Omit<Settable, Required>>
export type ClientPatch = Partial<Omit<Settable, 'id' | 'clientId'>>

const keys = Object.keys(columnNames) as (keyof Client)[]
const columns = keys.map((key) => `c.${columnNames[key]} as "${key}"`).join(', ')

/** What is left out takes the column's default. */
export async function createClient(db: Db, client: NewClient): Promise<Client> {
  const given = keys.filter((key) => key in client && client[key as keyof NewClient] !== undefined)
  const { rows } = await db.query<Client>(
    `insert into clients as c (${given.map((key) => columnNames[key]).join(', ')})
     values (${given.map((_key, index) => `$${index + 1}`).join(', ')})
     returning ${columns}`,
    given.map((key) => client[key as keyof NewClient]),
  )
  return rows[0] as Client
}

/** By the row's id, enabled or not. */
export async function findClient(db: Db, id: string): Promise<Client | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<Client>(`select ${columns} from clients c where c.id = $1`, [id])
  return rows[0]
}

/** By the OAuth client_id, enabled or not. */
export async function findClientByClientId(db: Db, clientId: string): Promise<Client | undefined> {
  if (!isText(clientId)) return undefined
  const { rows } = await db.query<Client>(
    `select ${columns} from clients c where c.client_id = $1`,
    [clientId],
  )
  return rows[0]
}

/** Newest first. */
export async function listClients(
  db: Db,
  options: {
    limit: number
    after?: { createdAt: Date; id: string } | undefined
    ownerId?: string | undefined
  },
): Promise<Client[]> {
  if (options.ownerId !== undefined && !isUuid(options.ownerId)) return []
  const { rows } = await db.query<Client>(
    `select ${columns}
       from clients c
      where ($2::timestamptz is null or (c.created_at, c.id) < ($2, $3::uuid))
        and ($4::uuid is null or c.owner_id = $4)
      order by c.created_at desc, c.id desc
      limit $1`,
    [
      options.limit,
      options.after?.createdAt ?? null,
      options.after?.id ?? null,
      options.ownerId ?? null,
    ],
  )
  return rows
}

/** Only the given members change. */
export async function updateClient(
  db: Db,
  id: string,
  patch: ClientPatch,
): Promise<Client | undefined> {
  if (!isUuid(id)) return undefined
  const given = keys.filter((key) => patch[key as keyof ClientPatch] !== undefined)
  const changes = given.map((key, index) => `${columnNames[key]} = $${index + 2}, `).join('')
  const { rows } = await db.query<Client>(
    `update clients c
        set ${changes}updated_at = now()
      where c.id = $1
      returning ${columns}`,
    [id, ...given.map((key) => patch[key as keyof ClientPatch])],
  )
  return rows[0]
}

export async function deleteClient(db: Db, id: string): Promise<boolean> {
  if (!isUuid(id)) return false
  const { rowCount } = await db.query('delete from clients where id = $1', [id])
  return rowCount > 0
}
