import { createHash, createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import type { Db } from '#db/database.ts'
import { type ChallengePurpose, createChallenge } from '#db/email-challenges.ts'
import type { EmailAddress } from '#web/email-address.ts'
import { markBrowser } from './asking-browser.ts'
import { type LetterKind, letter } from './letters.ts'
import type { Login } from './parts.ts'
import type { Place } from './place.ts'

const hour = 60 * 60

interface Ask {
  purpose: 'sign_up' | 'verify_email' | 'reset_password'
  letter: LetterKind
  /** As asked for; what the waiting page shows, whether there is an account or not (A104). */
  email: EmailAddress
  /** Where the mail goes: the stored address of an account, else the normalised one (A111). */
  to: string
  accountId?: string | undefined
  name?: string | undefined
  passwordHash?: string | undefined
}

/**
 * Notes what is asked for and mails code and link; the address of the page that waits for them.
 * For an address that may not go on, everything happens but that its code and link work (A104).
 */
export async function sendChallenge(ctx: Context, login: Login, place: Place, ask: Ask) {
  const id = randomUUID()
  const secret = newSecret()
  const code = String(randomInt(1_000_000)).padStart(6, '0')
  const waiting = `${place.base}/check-mail/${id}`
  const { locale } = place
  const works = ask.letter !== 'taken' && ask.letter !== 'unknown'
  await createChallenge(login.db, {
    id,
    purpose: ask.purpose,
    accountId: ask.accountId,
    email: ask.email.address,
    emailKey: ask.email.key,
    name: ask.name,
    passwordHash: ask.passwordHash,
    locale: locale.tag,
    linkHash: linkHash(secret),
    codeHash:
      works && ask.letter !== 'reset' ? codeHashes(login.keys.emailCode, id, code)[0] : undefined,
    browserHash: markBrowser(ctx, login.secure),
    continueTo: waiting,
    lifetime: hour,
  })
  const { issuer, issuerIsLoopback } = login.config
  const path = ask.purpose === 'reset_password' ? 'reset' : 'verify'
  const link = `${issuer}/${path}?t=${secret}`
  const mail = letter(ask.letter, { to: ask.to, locale, issuer, link, code })
  const { outboxName } = await login.mailer.send({ ...mail, lifetime: hour })
  return outboxName && issuerIsLoopback ? `${waiting}?message=${outboxName}` : waiting
}

interface LinkOptions {
  purpose: Extract<ChallengePurpose, 'set_password' | 'first_admin'>
  path: 'reset' | 'setup'
  lifetime: number
  account?: { id: string; email: string; emailKey: string }
}

/** A link that is handed over by a person, not by mail. */
export async function createLink(db: Db, issuer: string, options: LinkOptions): Promise<string> {
  const { purpose, path, lifetime, account } = options
  const secret = newSecret()
  await createChallenge(db, {
    purpose,
    accountId: account?.id,
    email: account?.email,
    emailKey: account?.emailKey,
    linkHash: linkHash(secret),
    lifetime,
  })
  return `${issuer}/${path}?t=${secret}`
}

export const linkHash = (secret: string) => createHash('sha256').update(secret).digest()

/**
 * Six digits are soon tried: without the server's key the hash would give them away. One for each key
 * that a code may have been sent under; the first is used.
 */
export const codeHashes = (keys: readonly Buffer[], id: string, code: string) =>
  keys.map((key) => createHmac('sha256', key).update(`${id}:${code}`).digest())

const newSecret = () => randomBytes(32).toString('base64url')
