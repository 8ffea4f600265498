import { z } from 'zod'
import { type ClientSecret, listClientSecrets } from '#db/client-secrets.ts'
import { findClient } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { found } from '#web/problem.ts'
import { uuid } from '#web/text-schemas.ts'
import { appSecret, createdSecret, newSecret } from './app-schemas.ts'
import { addSecret, removeSecret } from './app-secrets.ts'
import { defineOperation, type Operation } from './operation.ts'

const tag = 'App secrets'
const params = z.object({ id: uuid })

export function appSecretOperations({ db }: { db: Db }): Operation[] {
  return [
    defineOperation({
      id: 'addAppSecret',
      method: 'post',
      path: '/api/admin/apps/{id}/secrets',
      tag,
      summary: 'Add a secret beside the present ones',
      description: 'Deploy the new one, then delete the old one: the rotation has no gap.',
      params,
      body: newSecret,
      answer: { status: 201, description: 'The secret, this once.', schema: createdSecret },
      refusals: { 409: 'A public app, or too many secrets.' },
      run: async ({ caller, params, body }) => {
        const secret = await addSecret({ db, caller }, params.id, body?.expires_in_days)
        return { ...secretAnswer(secret), client_secret: secret.value }
      },
    }),
    defineOperation({
      id: 'listAppSecrets',
      method: 'get',
      path: '/api/admin/apps/{id}/secrets',
      tag,
      summary: 'List the secrets of an app, without their values',
      params,
      answer: {
        status: 200,
        description: 'All of them.',
        schema: z.object({ items: z.array(appSecret) }),
      },
      run: async ({ params }) => {
        const client = found(await findClient(db, params.id), 'app')
        return { items: (await listClientSecrets(db, client.id)).map(secretAnswer) }
      },
    }),
    defineOperation({
      id: 'deleteAppSecret',
      method: 'delete',
      path: '/api/admin/apps/{id}/secrets/{secret_id}',
      tag,
      summary: 'Delete a secret',
      params: params.extend({ secret_id: uuid }),
      answer: { status: 204, description: 'It is refused from now on.' },
      run: ({ caller, params }) => removeSecret({ db, caller }, params.id, params.secret_id),
    }),
  ]
}

const secretAnswer = ({ id, hint, createdAt, expiresAt }: ClientSecret) => ({
  id,
  hint,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt?.toISOString() ?? null,
})
