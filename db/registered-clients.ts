import type { Client } from './clients.ts'
import type { Db } from './database.ts'
import { isText } from './values.ts'

/** What the provider needs of a client to authenticate it and to serve it. */
export type RegisteredClient = Pick<
  Client,
  | 'clientId'
  | 'name'
  | 'type'
  | 'grantTypes'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'allowedOrigins'
  | 'scopes'
  | 'idTokenAlg'
  | 'requirePkce'
  | 'resourceServer'
> & {
  /** SHA-256 in base64 of each secret that is valid now. */
  secretHashes: string[]
}

/** Enabled; token requests read it together with what they present (migration 0018). */
export async function findRegisteredClient(
  db: Db,
  clientId: string,
): Promise<RegisteredClient | undefined> {
  if (!isText(clientId)) return undefined
  const { rows } = await db.query<RegisteredClient>(
    `select k.client_id as "clientId", k.name, k.type, k.grant_types as "grantTypes",
            k.redirect_uris as "redirectUris", k.scopes,
            k.post_logout_redirect_uris as "postLogoutRedirectUris",
            k.allowed_origins as "allowedOrigins", k.id_token_alg as "idTokenAlg",
            k.require_pkce as "requirePkce", k.resource_server as "resourceServer",
            array(select encode(x.secret_hash, 'base64')
                    from client_secrets x
                   where x.client_id = k.id
                     and (x.expires_at is null or x.expires_at > now())) as "secretHashes"
       from clients k
      where k.client_id = $1 and k.disabled_at is null`,
    [clientId],
  )
  return rows[0]
}
