import { createHash, randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { findAccountByEmailKey } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { createChallenge, voidAccountChallenges } from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { type EmailAddress, emailAddress } from '#web/email-address.ts'
import { mailAsked, mailLink } from './email-letters.ts'
import type { AccountParts } from './parts.ts'
import { provesPassword } from './password-check.ts'
import type { Visit } from './visit.ts'

const hour = 60 * 60
export const purposes = ['change_email' as const]

/**
 * Asks for another address: it counts when a link that goes there is used. Nobody learns whether
 * somebody else has it (A104): then its owner is told, and everything looks the same here.
 */
export function askForEmail(parts: AccountParts) {
  return async (ctx: Context, { account, locale, again, done }: Visit): Promise<void> => {
    const form = await readForm(ctx)
    const typed = form.get('email') ?? ''
    const address = emailAddress(typed)
    const words = locale.messages.account.email
    const wrong = (message: string) =>
      again([{ field: 'email', message }], { typed: { email: typed } })
    if (!address) return wrong(words.bad)
    if (address.key === account.emailKey) return wrong(words.same)
    const proof = { account, locale, form, field: 'email_password' }
    const error = await provesPassword(ctx, parts, proof)
    if (error) return again([error], { status: error.status, typed: { email: typed } })
    const wait = await waitForMail(ctx, parts, { account, address })
    if (wait !== undefined) {
      ctx.set('Retry-After', String(wait))
      const message = locale.messages.login.errors.tooManyMails(wait)
      return again([{ field: 'email', message }], { status: 429, typed: { email: typed } })
    }
    await parts.db.transaction((tx) => ask(tx, parts, account, address))
    return done('email')
  }
}

// The account's own count comes first: once it is spent, nothing is used up of what others share.
const waitForMail = async (
  ctx: Context,
  { throttle, mayMail }: Pick<AccountParts, 'throttle' | 'mayMail'>,
  { account, address }: { account: Visit['account']; address: EmailAddress },
) =>
  (await throttle.take('email_change', account.id)) ??
  (await mayMail({ emailKey: address.key, ip: ctx.ip }))

/** The link to the new mailbox; a word to the old one, while its owner can still end it. */
async function ask(
  tx: Db,
  parts: Pick<AccountParts, 'config' | 'mailer'>,
  account: Visit['account'],
  address: EmailAddress,
): Promise<void> {
  const secret = randomBytes(32).toString('base64url')
  await voidAccountChallenges(tx, account.id, { purposes })
  const isTaken = Boolean(await findAccountByEmailKey(tx, address.key))
  await createChallenge(tx, {
    purpose: 'change_email',
    accountId: account.id,
    email: address.address,
    emailKey: address.key,
    linkHash: linkHash(secret),
    lifetime: hour,
  })
  const link = isTaken ? undefined : secret
  await mailLink(tx, parts, { account, to: address.address, secret: link })
  await mailAsked(tx, parts, account)
}

export const linkHash = (secret: string): Buffer => createHash('sha256').update(secret).digest()
