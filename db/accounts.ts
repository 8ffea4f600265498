import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'
import { isText, isUuid } from './values.ts'

export interface Account {
  id: string
  email: string
  emailKey: string
  emailVerifiedAt: Date | null
  name: string
  timezone: string
  locale: string | null
  passwordHash: string | null
  passwordChangedAt: Date | null
  roles: string[]
  disabledAt: Date | null
  createdAt: Date
}

export interface NewAccount {
  email: string
  emailKey: string
  emailVerified: boolean
  name?: string | undefined
  timezone?: string | undefined
  locale?: string | undefined
  passwordHash?: string | undefined
  roles?: string[] | undefined
}

export interface AccountPatch {
  email?: string | undefined
  emailKey?: string | undefined
  emailVerifiedAt?: Date | null | undefined
  name?: string | undefined
  timezone?: string | undefined
  locale?: string | null | undefined
  roles?: string[] | undefined
  disabledAt?: Date | null | undefined
}

const columns = `
  id, email, email_key as "emailKey", email_verified_at as "emailVerifiedAt", name, timezone, locale,
  password_hash as "passwordHash", password_changed_at as "passwordChangedAt", roles,
  disabled_at as "disabledAt", created_at as "createdAt"`

/** The new account, or undefined: the address is taken, also by somebody at this very moment. */
export async function createAccount(db: Db, account: NewAccount): Promise<Account | undefined> {
  const { rows } = await db.query<Account>(
    `insert into accounts
       (id, email, email_key, email_verified_at, name, timezone, locale, password_hash,
        password_changed_at, roles)
     values ($1, $2, $3, case when $4::boolean then now() end, $5, $6, $7, $8,
             case when $8::text is not null then now() end, $9)
     on conflict (email_key) do nothing
     returning ${columns}`,
    [
      randomUUID(),
      account.email,
      account.emailKey,
      account.emailVerified,
      account.name ?? '',
      account.timezone ?? 'UTC',
      account.locale ?? null,
      account.passwordHash ?? null,
      account.roles ?? [],
    ],
  )
  return rows[0]
}

/** Enabled or not. */
export async function findAccount(db: Db, id: string): Promise<Account | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<Account>(`select ${columns} from accounts where id = $1`, [id])
  return rows[0]
}

export async function findActiveAccount(db: Db, id: string): Promise<Account | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<Account>(
    `select ${columns} from accounts where id = $1 and disabled_at is null`,
    [id],
  )
  return rows[0]
}

export async function findAccountByEmailKey(
  db: Db,
  emailKey: string,
): Promise<Account | undefined> {
  if (!isText(emailKey)) return undefined
  const { rows } = await db.query<Account>(`select ${columns} from accounts where email_key = $1`, [
    emailKey,
  ])
  return rows[0]
}

/** Newest first; search matches parts of address and name as they are, no wildcards. */
export async function listAccounts(
  db: Db,
  options: {
    limit: number
    after?: { createdAt: Date; id: string } | undefined
    search?: string | undefined
  },
): Promise<Account[]> {
  if (!isText(options.search ?? '')) return []
  const { rows } = await db.query<Account>(
    `select ${columns}
       from accounts
      where ($2::timestamptz is null or (created_at, id) < ($2, $3::uuid))
        and ($4::text is null or strpos(lower(email || ' ' || name), lower($4)) > 0)
      order by created_at desc, id desc
      limit $1`,
    [
      options.limit,
      options.after?.createdAt ?? null,
      options.after?.id ?? null,
      options.search ?? null,
    ],
  )
  return rows
}

/** Only the given members change. */
export async function updateAccount(
  db: Db,
  id: string,
  patch: AccountPatch,
): Promise<Account | undefined> {
  if (!isUuid(id)) return undefined
  const names: Record<keyof AccountPatch, string> = {
    email: 'email',
    emailKey: 'email_key',
    emailVerifiedAt: 'email_verified_at',
    name: 'name',
    timezone: 'timezone',
    locale: 'locale',
    roles: 'roles',
    disabledAt: 'disabled_at',
  }
  const given = (Object.keys(names) as (keyof AccountPatch)[]).filter(
    (key) => patch[key] !== undefined,
  )
  const changes = given.map((key, index) => `${names[key]} = $${index + 2}, `).join('')
  const { rows } = await db.query<Account>(
    `update accounts
        set ${changes}updated_at = now()
      where id = $1
      returning ${columns}`,
    [id, ...given.map((key) => patch[key])],
  )
  return rows[0]
}

export async function setPasswordHash(db: Db, id: string, hash: string): Promise<void> {
  await db.query(
    `update accounts
        set password_hash = $2, password_changed_at = now(), updated_at = now()
      where id = $1`,
    [id, hash],
  )
}

/** The same password under newer parameters; a password changed meanwhile stays. */
export async function rehashPassword(
  db: Db,
  id: string,
  oldHash: string,
  newHash: string,
): Promise<void> {
  await db.query('update accounts set password_hash = $3 where id = $1 and password_hash = $2', [
    id,
    oldHash,
    newHash,
  ])
}

/**
 * With all that hangs on it, and what waits for a mail to its address to be answered, which hangs on
 * nothing: a sign-up that was begun there holds a name and the hash of a password.
 */
export async function deleteAccount(db: Db, id: string): Promise<boolean> {
  if (!isUuid(id)) return false
  const { rowCount } = await db.query(
    `with gone as (
       delete from accounts
        where id = $1
       returning email_key
     ), waiting as (
       delete from email_challenges
        where email_key in (select email_key from gone)
     )
     select 1 from gone`,
    [id],
  )
  return rowCount > 0
}

/** Active administrators. */
export async function countAdmins(db: Db): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `select count(*)::int as "count"
       from accounts
      where roles @> '{admin}' and disabled_at is null`,
  )
  return rows[0]?.count ?? 0
}
