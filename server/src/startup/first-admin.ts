import { randomBytes } from 'node:crypto'
import { countAdmins, createAccount, findAccountByEmailKey } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { emailAddress } from '#web/email-address.ts'
import type { Config } from '../config.ts'

/** How an administrator gets in, as far as this start made it. */
export type FirstAdmin =
  | { kind: 'present' }
  | { kind: 'configured'; email: string }
  | { kind: 'generated'; email: string; password: string }
  | { kind: 'link'; url: string }

interface FirstAdminParts {
  db: Db
  config: Config
  embedded: boolean
  app: {
    hashPassword(password: string): Promise<string>
    /** A one-time, expiring address where the first administrator signs up. */
    firstAdminLink(db: Db): Promise<string>
  }
}

/**
 * Makes sure that somebody can administer (contract, section 1). An account that is there is never
 * changed: neither its password nor its roles come from the environment later on.
 */
export async function firstAdmin(parts: FirstAdminParts): Promise<FirstAdmin> {
  const { db, config, embedded } = parts
  if ((await countAdmins(db)) > 0) return { kind: 'present' }
  if (config.adminEmail && config.adminPassword) {
    await createAdmin(parts, config.adminEmail, config.adminPassword)
    return { kind: 'configured', email: config.adminEmail }
  }
  if (!embedded) return { kind: 'link', url: await parts.app.firstAdminLink(db) }
  const email = 'admin@localhost'
  const password = randomBytes(12).toString('base64url')
  await createAdmin(parts, email, password)
  return { kind: 'generated', email, password }
}

async function createAdmin(parts: FirstAdminParts, email: string, password: string) {
  const written = emailAddress(email)
  if (!written) throw new Error(`ADMIN_EMAIL: ${email} is not an e-mail address`)
  const { address, key } = written
  const passwordHash = await parts.app.hashPassword(password)
  const created = await createAccount(parts.db, {
    email: address,
    emailKey: key,
    name: 'Administrator',
    passwordHash,
    roles: ['admin'],
    emailVerified: true,
  })
  // Two nodes starting together: the other one was first.
  if (!created && !(await findAccountByEmailKey(parts.db, key))?.roles.includes('admin')) {
    throw new Error(`ADMIN_EMAIL: ${email} has an account that is no administrator; choose another`)
  }
}
