import type { Db } from './database.ts'
import { isUuid } from './values.ts'

export type ChallengePurpose =
  | 'sign_up'
  | 'verify_email'
  | 'reset_password'
  | 'set_password'
  | 'first_admin'

export interface EmailChallenge {
  id: string
  purpose: ChallengePurpose
  accountId: string | null
  email: string | null
  emailKey: string | null
  name: string | null
  passwordHash: string | null
  locale: string | null
  browserHash: Buffer | null
  attempts: number
  continueTo: string | null
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

export interface NewEmailChallenge {
  id: string
  purpose: ChallengePurpose
  linkHash: Buffer
  expiresAt: Date
  codeHash?: Buffer | undefined
  browserHash?: Buffer | undefined
  accountId?: string | undefined
  email?: string | undefined
  emailKey?: string | undefined
  name?: string | undefined
  passwordHash?: string | undefined
  locale?: string | undefined
  continueTo?: string | undefined
}

const columns = `
  id, purpose, account_id as "accountId", email, email_key as "emailKey", name,
  password_hash as "passwordHash", locale, browser_hash as "browserHash", attempts,
  continue_to as "continueTo", created_at as "createdAt", expires_at as "expiresAt",
  used_at as "usedAt"`

export async function createChallenge(db: Db, challenge: NewEmailChallenge): Promise<void> {
  await db.query(
    `insert into email_challenges
       (id, purpose, account_id, email, email_key, name, password_hash, locale, link_hash, code_hash,
        browser_hash, continue_to, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      challenge.id,
      challenge.purpose,
      challenge.accountId ?? null,
      challenge.email ?? null,
      challenge.emailKey ?? null,
      challenge.name ?? null,
      challenge.passwordHash ?? null,
      challenge.locale ?? null,
      challenge.linkHash,
      challenge.codeHash ?? null,
      challenge.browserHash ?? null,
      challenge.continueTo ?? null,
      challenge.expiresAt,
    ],
  )
}

/** Live, used or expired: the caller says which. */
export async function findChallenge(db: Db, id: string): Promise<EmailChallenge | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<EmailChallenge>(
    `select ${columns} from email_challenges where id = $1`,
    [id],
  )
  return rows[0]
}

/** The live challenge of a link, unspent: a GET, which mail scanners send too, spends nothing. */
export async function findChallengeByLink(
  db: Db,
  purposes: ChallengePurpose[],
  linkHash: Buffer,
): Promise<EmailChallenge | undefined> {
  const { rows } = await db.query<EmailChallenge>(
    `select ${columns}
       from email_challenges
      where link_hash = $1 and purpose = any($2) and used_at is null and expires_at > now()`,
    [linkHash, purposes],
  )
  return rows[0]
}

/** The challenge, for the one caller that spends it; undefined when it is used, expired or none. */
export async function useChallengeByLink(
  db: Db,
  purposes: ChallengePurpose[],
  linkHash: Buffer,
): Promise<EmailChallenge | undefined> {
  const { rows } = await db.query<EmailChallenge>(
    `update email_challenges
        set used_at = now()
      where link_hash = $1 and purpose = any($2) and used_at is null and expires_at > now()
      returning ${columns}`,
    [linkHash, purposes],
  )
  return rows[0]
}

/**
 * The challenge, for the one caller whose code is right. The same statement counts a wrong one, so
 * guesses at the same time cannot share an attempt: do not undo it by rolling back.
 */
export async function useChallengeByCode(
  db: Db,
  id: string,
  codeHash: Buffer,
  maxAttempts: number,
): Promise<EmailChallenge | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<EmailChallenge>(
    `update email_challenges
        set attempts = attempts + case when code_hash = $2 then 0 else 1 end,
            used_at  = case when code_hash = $2 then now() end
      where id = $1 and used_at is null and expires_at > now() and attempts < $3
      returning ${columns}`,
    [id, codeHash, maxAttempts],
  )
  return rows[0]?.usedAt ? rows[0] : undefined
}

/** For the tab that waits while the link is opened elsewhere. */
export async function isChallengeUsed(db: Db, id: string): Promise<boolean> {
  return Boolean((await findChallenge(db, id))?.usedAt)
}

/** Ends the unused ones, because a newer one was sent or what they would change has changed. */
export async function voidChallenges(
  db: Db,
  of: { accountId?: string | undefined; emailKey?: string | undefined },
  purposes: ChallengePurpose[],
): Promise<void> {
  await db.query(
    `update email_challenges
        set expires_at = now()
      where (account_id = $1 or email_key = $2)
        and purpose = any($3) and used_at is null and expires_at > now()`,
    [of.accountId ?? null, of.emailKey ?? null, purposes],
  )
}
