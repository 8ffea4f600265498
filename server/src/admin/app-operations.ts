import { z } from 'zod'
import { type Client, findClient, findClientByClientId, listClients } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'
import { uuid } from '#web/text-schemas.ts'
import type { RegistrationRules } from './app-rules.ts'
import { app, appChange, createdApp, newApp } from './app-schemas.ts'
import { changeApp, registerApp, removeApp } from './apps.ts'
import { defineOperation, type Operation } from './operation.ts'
import { listOf, pageOf, pageQuery, positionCursor, readPosition } from './paging.ts'

const tag = 'Apps'
const params = z.object({ id: uuid })
const query = z.strictObject({
  ...pageQuery,
  client_id: z
    .string()
    .regex(/^agpt_client_[\w-]{1,100}$/, 'Give a client_id, such as agpt_client_….')
    .optional()
    .meta({ description: 'Only the app with this one.' }),
  owner: uuid.optional().meta({ description: 'Only the apps of this user.' }),
})

export function appOperations({ db, rules }: { db: Db; rules: RegistrationRules }): Operation[] {
  return [
    defineOperation({
      id: 'createApp',
      method: 'post',
      path: '/api/admin/apps',
      tag,
      summary: 'Register an app',
      description:
        'It is live at once. Apps that can keep a secret get one, which is never shown again.',
      body: newApp,
      answer: { status: 201, description: 'The app.', schema: createdApp },
      run: async ({ caller, body }) => {
        const { client, secret } = await registerApp({ db, caller, rules }, body)
        return { ...appAnswer(client), client_secret: secret }
      },
    }),
    defineOperation({
      id: 'listApps',
      method: 'get',
      path: '/api/admin/apps',
      tag,
      summary: 'List apps, newest first',
      query,
      answer: { status: 200, description: 'A page of apps.', schema: listOf(app) },
      run: ({ query }) => listApps(db, query),
    }),
    defineOperation({
      id: 'getApp',
      method: 'get',
      path: '/api/admin/apps/{id}',
      tag,
      summary: 'Get an app',
      params,
      answer: { status: 200, description: 'The app.', schema: app },
      run: async ({ params }) => appAnswer(found(await findClient(db, params.id), 'app')),
    }),
    defineOperation({
      id: 'updateApp',
      method: 'patch',
      path: '/api/admin/apps/{id}',
      tag,
      summary: 'Change, disable or enable an app',
      params,
      body: appChange,
      answer: { status: 200, description: 'The app as it is now.', schema: app },
      run: async ({ caller, params, body }) =>
        appAnswer(await changeApp({ db, caller, rules }, params.id, body)),
    }),
    defineOperation({
      id: 'deleteApp',
      method: 'delete',
      path: '/api/admin/apps/{id}',
      tag,
      summary: 'Delete an app with its secrets, consents and tokens',
      params,
      answer: { status: 204, description: 'It is gone.' },
      run: ({ caller, params }) => removeApp({ db, caller }, params.id),
    }),
  ]
}

async function listApps(db: Db, { limit, cursor, client_id, owner }: z.output<typeof query>) {
  const after = readPosition(cursor)
  const rows = client_id
    ? [await findClientByClientId(db, client_id)].filter((client) => client !== undefined)
    : await listClients(db, { limit: limit + 1, after, ownerId: owner })
  return pageOf(rows, limit, { item: appAnswer, cursor: positionCursor })
}

/** An app in the API's words. */
export function appAnswer(client: Client) {
  return {
    id: client.id,
    client_id: client.clientId,
    name: client.name,
    description: client.description,
    type: client.type,
    grant_types: client.grantTypes,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    allowed_origins: client.allowedOrigins,
    scopes: client.scopes,
    optional_scopes: client.optionalScopes,
    website: client.website,
    logo_url: client.logoUrl,
    privacy_url: client.privacyUrl,
    terms_url: client.termsUrl,
    owner: client.ownerId,
    id_token_signed_response_alg: client.idTokenAlg,
    access_token_format: client.accessTokenFormat,
    require_pkce: client.requirePkce,
    resource_server: client.resourceServer,
    requests_per_minute: client.requestsPerMinute,
    is_active: client.disabledAt === null,
    approved: client.approvedAt !== null,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
  }
}
