import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { createAccount } from '#db/accounts.ts'
import { insertAuthorizationCode } from '#db/authorization-codes.ts'
import { addClientSecret } from '#db/client-secrets.ts'
import { createClient } from '#db/clients.ts'
import { grantScopes } from '#db/consents.ts'
import type { Database, Db } from '#db/database.ts'
import { startFamily } from '#db/token-families.ts'
import { passwordHashing } from '../server/src/login/passwords.ts'
import {
  app,
  challenge,
  codeLifetime,
  emailOf,
  machine,
  nameOf,
  password,
  people,
  timezone,
} from './world.ts'

/** The rows that the product under test starts with: two clients, people who said yes to one. */
export interface Seeded {
  clientRowId: string
  consentIds: string[]
}

const hashOf = (text: string) => createHash('sha256').update(text).digest()

export async function seed(db: Database): Promise<Seeded> {
  const passwordHash = await passwordHashing().hash(password)
  const clientRowId = await registerApp(db)
  await registerMachine(db)
  const consentIds = await db.transaction(
    async (tx) => {
      const ids: string[] = []
      for (let index = 0; index < people; index++) {
        ids.push(await addPerson(tx, index, { passwordHash, clientRowId }))
      }
      return ids
    },
    { timeoutSeconds: 60 },
  )
  return { clientRowId, consentIds }
}

async function registerApp(db: Db): Promise<string> {
  const { id } = await createClient(db, {
    id: randomUUID(),
    clientId: app.clientId,
    name: 'Bench App',
    type: 'web',
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [app.redirectUri],
    scopes: app.platformScopes,
    approvedAt: new Date(),
  })
  await addSecret(db, id, app.secret)
  return id
}

async function registerMachine(db: Db): Promise<void> {
  const { id } = await createClient(db, {
    id: randomUUID(),
    clientId: machine.clientId,
    name: 'Bench Machine',
    type: 'machine',
    grantTypes: ['client_credentials'],
    scopes: [machine.scope],
    approvedAt: new Date(),
  })
  await addSecret(db, id, machine.secret)
}

const addSecret = (db: Db, clientRowId: string, secret: string) =>
  addClientSecret(db, {
    id: randomUUID(),
    clientRowId,
    secretHash: hashOf(secret),
    hint: secret.slice(-4),
  })

async function addPerson(
  db: Db,
  index: number,
  { passwordHash, clientRowId }: { passwordHash: string; clientRowId: string },
): Promise<string> {
  const email = emailOf(index)
  const account = await createAccount(db, {
    email,
    emailKey: email,
    emailVerified: true,
    name: nameOf(index),
    timezone,
    passwordHash,
  })
  if (!account) throw new Error('the database was not empty')
  const scopes = app.scope.split(' ')
  return grantScopes(db, { accountId: account.id, clientRowId, scopes })
}

const batch = 250

/** Codes ready for an exchange, each the beginning of a family of its own. */
export async function makeCodes(
  db: Database,
  consentIds: string[],
  count: number,
): Promise<string[]> {
  const codes = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
  const writing: Promise<void>[] = []
  for (let start = 0; start < count; start += batch) {
    writing.push(
      db.transaction(
        async (tx) => {
          for (const [index, code] of codes.slice(start, start + batch).entries()) {
            await addCode(tx, code, consentIds[(start + index) % consentIds.length] ?? '')
          }
        },
        { timeoutSeconds: 60 },
      ),
    )
    // A few transactions at once; more would wait for a connection longer than the pool allows.
    if (writing.length === 4) await Promise.all(writing.splice(0))
  }
  await Promise.all(writing)
  return codes
}

async function addCode(db: Db, code: string, consentId: string): Promise<void> {
  const now = Math.floor(Date.now() / 1000)
  await insertAuthorizationCode(db, {
    codeHash: hashOf(code),
    familyId: await startFamily(db, consentId),
    scope: app.scope,
    redirectUri: app.redirectUri,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    nonce: undefined,
    authTime: now,
    issuedAt: now,
    expiresAt: now + codeLifetime,
    details: { amr: ['pwd'], sessionUid: 'bench' },
  })
}
