import { z } from 'zod'
import { findAccount } from '#db/accounts.ts'
import { listApiKeys } from '#db/api-keys.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'
import { uuid } from '#web/text-schemas.ts'
import type { Caller } from './admin/administrators.ts'
import { defineOperation, type Operation } from './admin/operation.ts'
import type { ApiKeyChanges, Keeper } from './api-keys/keys.ts'
import { apiKey, apiKeyAnswer, apiKeySchemas, createdApiKey } from './api-keys/schemas.ts'

interface UserApiKeyParts {
  db: Db
  apiKeys: ApiKeyChanges
  /** Names of the scope table. */
  platformScopes: readonly string[]
}

const tag = 'API keys'
const params = z.object({ id: uuid })

/** The admin API's part of API keys: the same rules as for the person, and the administrator's name. */
export function userApiKeyOperations({
  db,
  apiKeys,
  platformScopes,
}: UserApiKeyParts): Operation[] {
  const { newApiKey, apiKeyChange } = apiKeySchemas(platformScopes)
  const keeperOf = async (caller: Caller, id: string): Promise<Keeper> => {
    const { id: accountId } = found(await findAccount(db, id), 'user')
    return { accountId, actor: caller }
  }
  return [
    defineOperation({
      id: 'createUserApiKey',
      method: 'post',
      path: '/api/admin/users/{id}/api-keys',
      tag,
      summary: 'Make an API key that acts for a user',
      description:
        'Whoever has it can do for the user what its scopes say: hand it to nobody else.',
      params,
      body: newApiKey,
      answer: { status: 201, description: 'The key, this once.', schema: createdApiKey },
      refusals: { 409: 'The user has as many keys as one may have.' },
      run: async ({ caller, params, body }) => {
        const { row, value } = await apiKeys.create(await keeperOf(caller, params.id), body)
        return { ...apiKeyAnswer(row), key: value }
      },
    }),
    defineOperation({
      id: 'listUserApiKeys',
      method: 'get',
      path: '/api/admin/users/{id}/api-keys',
      tag,
      summary: 'List the API keys of a user, without their values',
      params,
      answer: {
        status: 200,
        description: 'All of them, newest first.',
        schema: z.object({ items: z.array(apiKey) }),
      },
      run: async ({ params }) => {
        const { id } = found(await findAccount(db, params.id), 'user')
        return { items: (await listApiKeys(db, id)).map(apiKeyAnswer) }
      },
    }),
    defineOperation({
      id: 'updateUserApiKey',
      method: 'patch',
      path: '/api/admin/users/{id}/api-keys/{key_id}',
      tag,
      summary: 'Rename, narrow, limit or suspend an API key of a user',
      description:
        'What an administrator suspends or limits here, the user cannot undo. Scopes are never widened; the addresses the user may change again. The limit is of this key: the user may make others.',
      params: params.extend({ key_id: uuid }),
      body: apiKeyChange,
      answer: { status: 200, description: 'The key as it is now.', schema: apiKey },
      run: async ({ caller, params, body }) => {
        const keeper = await keeperOf(caller, params.id)
        return apiKeyAnswer(await apiKeys.change(keeper, params.key_id, body))
      },
    }),
    defineOperation({
      id: 'revokeUserApiKey',
      method: 'delete',
      path: '/api/admin/users/{id}/api-keys/{key_id}',
      tag,
      summary: 'Revoke an API key of a user',
      params: params.extend({ key_id: uuid }),
      answer: { status: 204, description: 'It is refused from now on.' },
      run: async ({ caller, params }) => {
        await apiKeys.revoke(await keeperOf(caller, params.id), params.key_id)
      },
    }),
  ]
}
