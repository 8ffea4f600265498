import { createHash, randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { findAccountByEmailKey, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { isDuplicate } from '#db/database-errors.ts'
import {
  createChallenge,
  findChallengeByLink,
  useChallengeByLink,
  voidAccountChallenges,
} from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { type EmailAddress, emailAddress } from '#web/email-address.ts'
import { render } from '#web/html.ts'
import { localeByTag, localeOf } from '#web/locale.ts'
import { changedEmailPage, confirmEmailPage, overPage, takenPage } from './email-pages.ts'
import type { AccountParts } from './parts.ts'
import { provesPassword } from './password-check.ts'
import type { Visit } from './visit.ts'

const hour = 60 * 60
const purposes = ['change_email' as const]

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
    await parts.db.transaction((tx) => mailLink(tx, parts, account, address))
    return done('email')
  }
}

async function mailLink(
  tx: Db,
  { config, mailer }: Pick<AccountParts, 'config' | 'mailer'>,
  account: Visit['account'],
  address: EmailAddress,
): Promise<void> {
  const locale = localeByTag(account.locale)
  const words = locale.messages.mail.changeEmail
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
  const url = `${config.issuer}/account/email?t=${secret}`
  const mail = isTaken
    ? { paragraphs: [words.taken], links: [] }
    : { paragraphs: [words.lead], links: [{ label: words.link, url }] }
  const { subject, footnote } = words
  const to = address.address
  await mailer.send({ to, kind: 'changeEmail', locale, subject, footnote, ...mail }, tx)
}

/** Mail scanners open links: looking only shows a button. */
export function showEmailLink({ db }: Pick<AccountParts, 'db'>) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf(ctx.query.t)
    const locale = localeOf(ctx)
    const challenge = await findChallengeByLink(db, purposes, linkHash(secret))
    if (!challenge?.email) return render(ctx, overPage(locale), 404)
    const csrf = String(ctx.state.csrf)
    render(ctx, confirmEmailPage({ locale, csrf, secret, email: challenge.email }))
  }
}

/** The new address counts, and the old one is told. */
export function useEmailLink({ db, audit, mailer, config }: AccountParts) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf((await readForm(ctx)).get('t'))
    const locale = localeOf(ctx)
    const outcome = await db.transaction(async (tx) => {
      const challenge = await useChallengeByLink(tx, purposes, linkHash(secret))
      const { accountId, email, emailKey } = challenge ?? {}
      if (!accountId || !email || !emailKey) return 'over'
      // An empty update locks the row, and says what it was.
      const before = await updateAccount(tx, accountId, {})
      if (!before || before.disabledAt) return 'over'
      if (!(await giveAddress(tx, accountId, { email, emailKey }))) return 'taken'
      // What went to the old mailbox must not open anything any more.
      await voidAccountChallenges(tx, accountId)
      const who = { actorType: 'user', actorId: accountId, accountId } as const
      await audit(ctx, tx, { kind: 'email.changed', ...who })
      const words = localeByTag(before.locale).messages.mail.emailChanged
      const links = [{ label: words.link, url: `${config.issuer}/account` }]
      const { subject, lead, hint } = words
      const mail = { locale: localeByTag(before.locale), subject, paragraphs: [lead, hint], links }
      await mailer.send({ to: before.email, kind: 'emailChanged', ...mail }, tx)
      return { email }
    })
    if (outcome === 'over') return render(ctx, overPage(locale), 404)
    if (outcome === 'taken') return render(ctx, takenPage(locale), 409)
    render(ctx, changedEmailPage(locale, outcome.email))
  }
}

/** False: somebody has it, or gets it at this very moment; the database decides who. */
async function giveAddress(
  tx: Db,
  accountId: string,
  address: { email: string; emailKey: string },
): Promise<boolean> {
  try {
    const change = { ...address, emailVerifiedAt: new Date() }
    // Within, so that a refusal does not undo that the link is used.
    await tx.transaction((inner) => updateAccount(inner, accountId, change))
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}

const secretOf = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{43}$/.test(value) ? value : ''

const linkHash = (secret: string): Buffer => createHash('sha256').update(secret).digest()
