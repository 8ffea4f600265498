import { randomUUID } from 'node:crypto'
import type { Db } from './database.ts'
import { isUuid } from './values.ts'

export type ChallengePurpose =
  | 'sign_up'
  | 'verify_email'
  | 'reset_password'
  | 'set_password'
  | 'first_admin'
  | 'change_email'

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
  /** Made here unless the caller needs it beforehand. */
  id?: string | undefined
  purpose: ChallengePurpose
  linkHash: Buffer
  /** Seconds. */
  lifetime: number
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

/** Its id; the times are the database's, so that nodes with other clocks agree. */
export async function createChallenge(db: Db, challenge: NewEmailChallenge): Promise<string> {
  const id = challenge.id ?? randomUUID()
  await db.query(
    `insert into email_challenges
       (id, purpose, account_id, email, email_key, name, password_hash, locale, link_hash, code_hash,
        browser_hash, continue_to, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + make_interval(secs => $13))`,
    [
      id,
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
      challenge.lifetime,
    ],
  )
  return id
}

/** Used or not, as long as it lives. */
export async function findChallenge(db: Db, id: string): Promise<EmailChallenge | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<EmailChallenge>(
    `select ${columns}
       from email_challenges
      where id = $1 and expires_at > now()`,
    [id],
  )
  return rows[0]
}

/** The unused challenge of a link; spends nothing, since mail scanners open links too. */
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

/** The challenge, for the one caller that spends it. */
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

export interface ChallengeAnswer {
  id: string
  browserHash: Buffer
  /** Of the code as typed, one for each key that it may have been sent under. */
  codeHashes: Buffer[]
  maxAttempts: number
}

/**
 * The challenge after the answer: used, for the one caller whose code is right, or with one attempt
 * more; undefined when nothing may be answered. The statement that compares also counts, so guesses
 * at the same time cannot share an attempt: do not undo it by rolling back.
 */
export async function answerChallenge(
  db: Db,
  { id, browserHash, codeHashes, maxAttempts }: ChallengeAnswer,
): Promise<EmailChallenge | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<EmailChallenge>(
    `update email_challenges
        set attempts = attempts + case when code_hash = any($3) then 0 else 1 end,
            used_at  = case when code_hash = any($3) then now() end
      where id = $1 and browser_hash = $2
        and used_at is null and expires_at > now() and attempts < $4
      returning ${columns}`,
    [id, browserHash, codeHashes, maxAttempts],
  )
  return rows[0]
}

/** Says whose a sign-up has become. */
export async function setChallengeAccount(db: Db, id: string, accountId: string): Promise<void> {
  await db.query(
    `update email_challenges
        set account_id = $2
      where id = $1`,
    [id, accountId],
  )
}

/** The account that the browser which asked may go on as, once, after the challenge was used. */
export async function claimChallenge(
  db: Db,
  id: string,
  browserHash: Buffer,
): Promise<string | undefined> {
  if (!isUuid(id)) return undefined
  const { rows } = await db.query<{ accountId: string }>(
    `update email_challenges
        set browser_hash = null
      where id = $1 and browser_hash = $2
        and used_at is not null and account_id is not null and expires_at > now()
      returning account_id as "accountId"`,
    [id, browserHash],
  )
  return rows[0]?.accountId
}

/** No browser goes on by itself any more. */
export async function forgetChallengeBrowser(db: Db, id: string): Promise<void> {
  await db.query(
    `update email_challenges
        set browser_hash = null
      where id = $1`,
    [id],
  )
}

/** Ends one that a newer mail replaces. */
export async function deleteChallenge(db: Db, id: string): Promise<void> {
  await db.query('delete from email_challenges where id = $1', [id])
}

/** Ends the account's links and codes, of some purposes or all. */
export async function voidAccountChallenges(
  db: Db,
  accountId: string,
  {
    purposes,
    except,
  }: { purposes?: ChallengePurpose[] | undefined; except?: string | undefined } = {},
): Promise<void> {
  await db.query(
    `delete from email_challenges
      where account_id = $1
        and ($2::text[] is null or purpose = any($2))
        and ($3::uuid is null or id <> $3)`,
    [accountId, purposes ?? null, except ?? null],
  )
}
