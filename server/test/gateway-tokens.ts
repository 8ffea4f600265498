import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { grantScopes } from '#db/consents.ts'
import type { TestServer } from './harness.ts'
import { noteSecrets } from './suite-log/suite-log.ts'

/** A living access token of a new person and a new client, without the way through the pages. */
export async function issueToken(
  server: TestServer,
  { scopes, expiresAt = inAnHour() }: { scopes: string[]; expiresAt?: Date },
) {
  const [client, user] = [await server.client({ scopes }), await server.user()]
  const consentId = await grantScopes(server.db, {
    accountId: user.id,
    clientRowId: client.id,
    // A consent without any scope would be none.
    scopes: scopes.length > 0 ? scopes : ['openid'],
  })
  const value = await addToken(server, consentId, { scopes, expiresAt })
  return { value, client, user, clientRowId: client.id, consentId }
}

/** One more, of a family of its own, of what was allowed already. */
export async function addToken(
  { db }: Pick<TestServer, 'db'>,
  consentId: string,
  { scopes, expiresAt = inAnHour() }: { scopes: string[]; expiresAt?: Date },
): Promise<string> {
  const familyId = randomUUID()
  await db.query('insert into token_families (id, consent_id) values ($1, $2)', [
    familyId,
    consentId,
  ])
  const value = `agpt_xt_u${randomBytes(32).toString('base64url')}`
  noteSecrets(value)
  await db.query(
    `insert into access_tokens (token_hash, family_id, scope, expires_at)
     values ($1, $2, $3, $4)`,
    [
      createHash('sha256').update(value).digest(),
      familyId,
      scopes.join(' ') || 'openid',
      expiresAt,
    ],
  )
  return value
}

const inAnHour = () => new Date(Date.now() + 3_600_000)
