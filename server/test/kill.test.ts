import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAccount } from '#db/accounts.ts'
import { insertAuthorizationCode } from '#db/authorization-codes.ts'
import { addClientSecret } from '#db/client-secrets.ts'
import { createClient } from '#db/clients.ts'
import { grantScopes } from '#db/consents.ts'
import { type Database, openDatabase } from '#db/database.ts'
import { testDatabaseUrl, testEngine } from '#db/testing.ts'
import { startFamily } from '#db/token-families.ts'
import { freePort, startProcess } from './server-process.ts'

const rounds = 20
const codesARound = 40
const verifier = 'kill-verifier-0123456789-0123456789-0123456789'
const secret = `agpt_secret_${randomBytes(32).toString('base64url')}`
const redirectUri = 'https://app.example/callback'
const sha256 = (text: string) => createHash('sha256').update(text).digest()

// R1, against I1 (a code succeeds at most once) and I3 (a token that was received lives).
test('a kill at any moment neither spends a code twice nor loses a token that was received', {
  skip:
    testEngine === 'pglite' &&
    'PostgreSQL only: the test looks into the database beside the server',
}, async (t) => {
  const { db, env } = await installation(t)
  let server = await startProcess(t, env)
  const client = await registered(db)
  for (let round = 0; round < rounds; round++) {
    const codes = await issueCodes(db, client)
    const exchanges = codes.map((code) => exchange(server.url, client.clientId, code))
    await sleep(Math.random() * 250)
    await server.stop('SIGKILL')
    const first = await Promise.all(exchanges)

    server = await startProcess(t, env)
    const second = await Promise.all(
      codes.map((code) => exchange(server.url, client.clientId, code)),
    )

    for (const [index, answer] of first.entries()) {
      const again = second[index]
      if (answer?.status === 200) {
        assert.equal(again?.body.error, 'invalid_grant')
      } else {
        assert.ok(again?.status === 200 || again?.body.error === 'invalid_grant')
      }
    }
    // A code repeated long after ends its family, so the tokens are looked at in the database's
    // own words: everything that was handed out is there.
    const received = [...first, ...second].filter((answer) => answer?.status === 200)
    for (const { body } of received as Answer[]) {
      assert.ok(await isStored(db, 'access_tokens', body.access_token))
      assert.ok(await isStored(db, 'refresh_tokens', body.refresh_token))
    }
  }
})

interface Answer {
  status: number
  body: { error?: string; access_token: string; refresh_token: string }
}

async function installation(t: TestContext) {
  const databaseUrl = await testDatabaseUrl(t)
  const port = String(await freePort())
  const env = {
    PORT: port,
    DATABASE_URL: databaseUrl,
    SECRET_KEY: randomBytes(32).toString('hex'),
    LOG_LEVEL: 'silent',
  }
  const { stop } = await startProcess(t, env)
  await stop()
  const db = await openDatabase({ databaseUrl, dataDir: '' })
  t.after(() => db.close())
  return { db, env }
}

async function registered(db: Database) {
  const key = `${randomUUID()}@example.com`
  const account = await createAccount(db, { email: key, emailKey: key, emailVerified: true })
  const client = await createClient(db, {
    id: randomUUID(),
    clientId: `agpt_client_${randomUUID()}`,
    name: 'Kill',
    type: 'web',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [redirectUri],
    scopes: ['IDENTITY'],
  })
  const secretHash = sha256(secret)
  const row = { id: randomUUID(), clientRowId: client.id, secretHash, hint: secret.slice(-4) }
  await addClientSecret(db, row)
  const accountId = account?.id ?? ''
  const consentId = await grantScopes(db, {
    accountId,
    clientRowId: client.id,
    scopes: ['IDENTITY'],
  })
  return { clientId: client.clientId, consentId }
}

async function issueCodes(db: Database, { consentId }: { consentId: string }): Promise<string[]> {
  const now = Math.floor(Date.now() / 1000)
  return Promise.all(
    Array.from({ length: codesARound }, async () => {
      const code = randomBytes(32).toString('base64url')
      await insertAuthorizationCode(db, {
        codeHash: sha256(code),
        familyId: await startFamily(db, consentId),
        scope: 'IDENTITY',
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
    }),
  )
}

/** undefined: the connection broke. */
async function exchange(url: string, clientId: string, code: string): Promise<Answer | undefined> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    client_id: clientId,
    client_secret: secret,
  })
  try {
    const response = await fetch(`${url}/api/oauth/token`, { method: 'POST', body })
    return { status: response.status, body: (await response.json()) as Answer['body'] }
  } catch {
    return undefined
  }
}

async function isStored(db: Database, table: string, token: string): Promise<boolean> {
  const { rowCount } = await db.query(`select 1 from ${table} where token_hash = $1`, [
    sha256(token),
  ])
  return rowCount === 1
}
