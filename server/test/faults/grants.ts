import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createAccount } from '#db/accounts.ts'
import { insertAuthorizationCode } from '#db/authorization-codes.ts'
import { addClientSecret } from '#db/client-secrets.ts'
import { createClient } from '#db/clients.ts'
import { grantScopes } from '#db/consents.ts'
import type { Db } from '#db/database.ts'
import { startFamily } from '#db/token-families.ts'
import { inBatches } from './in-batches.ts'

export const verifier = 'fault-verifier-0123456789-0123456789-0123456789'
export const redirectUri = 'https://app.example/callback'
const scope = 'IDENTITY'

export interface Grantee {
  clientId: string
  secret: string
  consentId: string
}

export const sha256 = (text: string) => createHash('sha256').update(text).digest()

/** A client and a person who said yes to it, as rows: the pages are other tests' business. */
export async function grantee(db: Db): Promise<Grantee> {
  const email = `${randomUUID()}@example.com`
  const account = await createAccount(db, {
    email,
    emailKey: email,
    name: 'Ada Lovelace',
    emailVerified: true,
  })
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomUUID()}`,
    name: 'Faults',
    type: 'web',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [redirectUri],
    scopes: [scope],
    approvedAt: new Date(),
  })
  const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
  const secretHash = sha256(secret)
  const clientRowId = client.id
  await addClientSecret(db, { id: randomUUID(), clientRowId, secretHash, hint: secret.slice(-4) })
  const accountId = account?.id ?? ''
  const consentId = await grantScopes(db, { accountId, clientRowId, scopes: [scope] })
  return { clientId: client.clientId, secret, consentId }
}

/** Codes as an authorization leaves them in the database. */
export async function issueCodes(db: Db, { consentId }: Grantee, count: number): Promise<string[]> {
  const now = Math.floor(Date.now() / 1000)
  return inBatches(Array.from({ length: count }), 100, async () => {
    const code = randomBytes(32).toString('base64url')
    await insertAuthorizationCode(db, {
      codeHash: sha256(code),
      familyId: await startFamily(db, consentId),
      scope,
      redirectUri,
      codeChallenge: sha256(verifier).toString('base64url'),
      codeChallengeMethod: 'S256',
      nonce: undefined,
      authTime: now,
      issuedAt: now,
      expiresAt: now + 600,
      details: {},
    })
    return code
  })
}
