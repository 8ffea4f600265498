import { z } from 'zod'
import type { SigningKey } from '#db/signing-keys.ts'
import { found } from '#web/problem.ts'
import { timestamp } from '#web/text-schemas.ts'
import type { Caller } from './administrators.ts'
import { defineOperation, type Operation } from './operation.ts'

/** What the provider's keys can be told. */
export interface SigningKeys {
  list(): Promise<SigningKey[]>
  rotate(caller: Caller): Promise<SigningKey[]>
  revoke(kid: string, caller: Caller): Promise<SigningKey | undefined>
}

const tag = 'Signing keys'

const signingKey = z
  .object({
    kid: z.string().meta({ description: 'RFC 7638 thumbprint, as in the JWKS.' }),
    algorithm: z.enum(['ES256', 'RS256']),
    state: z
      .enum(['waiting', 'signing', 'superseded', 'retired', 'revoked'])
      .meta({ description: 'The first three are in the JWKS.' }),
    created_at: timestamp,
    signs_from: timestamp.nullable().meta({ description: 'null: when its turn comes.' }),
    retired_at: timestamp.nullable(),
    revoked_at: timestamp.nullable(),
  })
  .meta({ id: 'SigningKey' })

const list = z.object({ items: z.array(signingKey) })

export function keyOperations({ signingKeys }: { signingKeys: SigningKeys }): Operation[] {
  return [
    defineOperation({
      id: 'listSigningKeys',
      method: 'get',
      path: '/api/admin/keys',
      tag,
      summary: 'List the keys that sign ID tokens, newest first',
      answer: { status: 200, description: 'All that there ever were.', schema: list },
      run: async () => ({ items: (await signingKeys.list()).map(keyAnswer) }),
    }),
    defineOperation({
      id: 'rotateSigningKeys',
      method: 'post',
      path: '/api/admin/keys/rotate',
      tag,
      summary: 'Let the waiting keys sign now',
      description:
        'A key that was published only minutes ago signs as soon as no cache can lack it: signs_from says when. What the earlier keys signed stays valid.',
      answer: { status: 200, description: 'The keys as they are now.', schema: list },
      run: async ({ caller }) => ({ items: (await signingKeys.rotate(caller)).map(keyAnswer) }),
    }),
    defineOperation({
      id: 'revokeSigningKey',
      method: 'post',
      path: '/api/admin/keys/{kid}/revoke',
      tag,
      summary: 'Revoke a key that somebody else may have',
      description:
        'It leaves the JWKS and signs nothing more, here at once and elsewhere within a second; the waiting key signs instead. Apps may hold the old JWKS for five minutes.',
      params: z.object({ kid: z.string().regex(/^[\w-]{43}$/) }),
      answer: { status: 200, description: 'The key, revoked.', schema: signingKey },
      run: async ({ caller, params }) =>
        keyAnswer(found(await signingKeys.revoke(params.kid, caller), 'key')),
    }),
  ]
}

const keyAnswer = (key: SigningKey) => ({
  kid: key.kid,
  algorithm: key.algorithm,
  state: key.state,
  created_at: key.createdAt.toISOString(),
  signs_from: key.activeFrom?.toISOString() ?? null,
  retired_at: key.retiredAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
})
