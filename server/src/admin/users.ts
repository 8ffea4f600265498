import {
  type Account,
  createAccount,
  deleteAccount,
  findAccount,
  findAccountByEmailKey,
  setPasswordHash,
  updateAccount,
} from '#db/accounts.ts'
import { lockActiveAdmins } from '#db/admins.ts'
import { recordEvent } from '#db/audit-events.ts'
import type { Db } from '#db/database.ts'
import { isDuplicate } from '#db/database-errors.ts'
import { voidAccountChallenges } from '#db/email-challenges.ts'
import { deleteSessionsOfAccount } from '#db/sessions.ts'
import { endFamiliesOfAccount } from '#db/token-families.ts'
import { emailAddress } from '#web/email-address.ts'
import { found, Problem } from '#web/problem.ts'
import { invalid } from '#web/wire.ts'
import type { Caller } from './administrators.ts'
import type { NewUser, UserChange } from './user-schemas.ts'

/** What login lends: one rule for passwords, whoever sets them. */
export interface Passwords {
  weakness(password: string, about: { email?: string; name?: string }): string | undefined
  hash(password: string): Promise<string>
}

interface Work {
  db: Db
  caller: Caller
  passwords: Passwords
}

export async function createUser(
  { db, caller, passwords, setUpLink }: Work & { setUpLink: SetUpLink },
  { email, password, email_verified = true, ...rest }: NewUser,
): Promise<{ account: Account; link?: string }> {
  const { address, key } = writtenAddress(email)
  const passwordHash = await hashed(passwords, password, { email: address, name: rest.name })
  return db.transaction(async (tx) => {
    const account = await createAccount(tx, {
      ...rest,
      email: address,
      emailKey: key,
      passwordHash,
      emailVerified: email_verified,
    })
    if (!account) throw taken()
    await recordEvent(tx, { ...caller, kind: 'user.created', accountId: account.id })
    return { account, link: passwordHash ? undefined : await setUpLink(tx, account) }
  })
}

/** A one-time link on which the person chooses a password. */
export type SetUpLink = (db: Db, account: Account) => Promise<string>

export async function changeUser(
  { db, caller, passwords }: Work,
  id: string,
  input: UserChange,
): Promise<Account> {
  const about = await findAccount(db, id)
  const passwordHash = await hashed(passwords, input.password, { ...about, ...input })
  const work = db.transaction(async (tx) => {
    await keepAnAdmin(tx, id, input)
    // An empty update locks the row: what is compared here is what the change is made to.
    const before = found(await updateAccount(tx, id, {}), 'user')
    const patch = await patched(tx, before, input)
    const after = found(await updateAccount(tx, id, patch), 'user')
    if (passwordHash) await setPasswordHash(tx, id, passwordHash)
    await endWhatIsOver(tx, { before, after, newPassword: Boolean(passwordHash) })
    const details = { fields: Object.keys(input) }
    await recordEvent(tx, { ...caller, kind: kindOf(before, after), accountId: id, details })
    return { ...after, passwordHash: passwordHash ?? after.passwordHash }
  })
  return work.catch((error: unknown) => {
    // Somebody took the address between the look and the update.
    throw isDuplicate(error) ? taken() : error
  })
}

/** With all that is theirs: apps, consents, tokens, sessions. */
export async function removeUser(
  { db, caller }: Pick<Work, 'db' | 'caller'>,
  id: string,
): Promise<void> {
  await db.transaction(async (tx) => {
    await keepAnAdmin(tx, id, { roles: [] })
    found((await deleteAccount(tx, id)) || undefined, 'user')
    await recordEvent(tx, { ...caller, kind: 'user.deleted', accountId: id })
  })
}

/** A159. The rows are locked first, or two administrators could remove each other at one time. */
async function keepAnAdmin(tx: Db, id: string, change: UserChange): Promise<void> {
  const demotes = change.roles !== undefined && !change.roles.includes('admin')
  if (!demotes && change.is_active !== false) return
  const admins = await lockActiveAdmins(tx)
  if (admins.length !== 1 || admins[0] !== id) return
  throw new Problem(409, 'last-administrator', 'Make somebody else an administrator first.')
}

async function patched(tx: Db, before: Account, input: UserChange) {
  const { name, timezone, roles, is_active } = input
  const disabledAt = is_active === undefined ? undefined : is_active ? null : new Date()
  const address = input.email === undefined ? undefined : writtenAddress(input.email)
  if (address && address.key !== before.emailKey) {
    if (await findAccountByEmailKey(tx, address.key)) throw taken()
  }
  const moved = address !== undefined && address.key !== before.emailKey
  const verified = input.email_verified ?? (moved ? true : undefined)
  return {
    name,
    timezone,
    roles,
    disabledAt: disabledAt && before.disabledAt ? before.disabledAt : disabledAt,
    ...(address && { email: address.address, emailKey: address.key }),
    ...(verified !== undefined && { emailVerifiedAt: verified ? new Date() : null }),
  }
}

async function endWhatIsOver(tx: Db, change: AccountChange): Promise<void> {
  const { before, after, newPassword } = change
  const disabled = after.disabledAt !== null && before.disabledAt === null
  const otherRoles = [...before.roles].sort().join() !== [...after.roles].sort().join()
  if (disabled || newPassword || otherRoles) await deleteSessionsOfAccount(tx, after.id)
  // A link in the old mailbox, or one that somebody else asked for, must not undo this.
  if (disabled || newPassword || before.emailKey !== after.emailKey) {
    await voidAccountChallenges(tx, after.id)
  }
  if (disabled) await endFamiliesOfAccount(tx, after.id, 'account_disabled')
  else if (newPassword) await endFamiliesOfAccount(tx, after.id, 'password_change')
}

interface AccountChange {
  before: Account
  after: Account
  newPassword: boolean
}

function kindOf(before: Account, after: Account): string {
  if (Boolean(before.disabledAt) === Boolean(after.disabledAt)) return 'user.updated'
  return after.disabledAt ? 'user.disabled' : 'user.enabled'
}

async function hashed(
  passwords: Passwords,
  password: string | undefined,
  about: { email?: string; name?: string },
): Promise<string | undefined> {
  if (password === undefined) return undefined
  const weakness = passwords.weakness(password, about)
  if (weakness) throw invalid([{ field: 'password', message: ADVICE[weakness] ?? ADVICE.common }])
  return passwords.hash(password)
}

const ADVICE: Record<string, string> & { common: string } = {
  too_short: 'Use at least 8 characters.',
  too_long: 'Use at most 256 characters.',
  common: 'Use one that is not on lists of common passwords.',
  context: 'Use one that is not made of the name or the e-mail address.',
}

function writtenAddress(email: string) {
  const address = emailAddress(email)
  if (!address) throw invalid([{ field: 'email', message: 'Give one e-mail address.' }])
  return address
}

const taken = () =>
  new Problem(409, 'email-taken', 'Another user has this e-mail address.', {
    errors: [{ field: 'email', message: 'Another user has this e-mail address.' }],
  })
