import type { Context } from 'koa'
import { findActiveAccount, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { isDuplicate } from '#db/database-errors.ts'
import {
  findChallengeByLink,
  useChallengeByLink,
  voidAccountChallenges,
} from '#db/email-challenges.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { linkHash, purposes } from './email-change.ts'
import { mailChanged } from './email-letters.ts'
import {
  changedEmailPage,
  confirmEmailPage,
  elsewherePage,
  overPage,
  takenPage,
} from './email-pages.ts'
import type { AccountParts } from './parts.ts'

/** Mail scanners open links: looking only shows a button. */
export function showEmailLink(parts: Pick<AccountParts, 'db' | 'sessions'>) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf(ctx.query.t)
    const asked = await askedHere(ctx, parts, secret)
    if (!asked) return
    const csrf = String(ctx.state.csrf)
    render(ctx, confirmEmailPage({ locale: localeOf(ctx), csrf, secret, ...asked }))
  }
}

/** The new address counts, and the old one is told. */
export function useEmailLink(parts: AccountParts) {
  return async (ctx: Context): Promise<void> => {
    const secret = secretOf((await readForm(ctx)).get('t'))
    if (!(await askedHere(ctx, parts, secret))) return
    const locale = localeOf(ctx)
    const outcome = await parts.db.transaction((tx) => changeEmail(ctx, parts, tx, secret))
    if (outcome === 'over') return render(ctx, overPage(locale), 404)
    if (outcome === 'taken') return render(ctx, takenPage(locale), 409)
    render(ctx, changedEmailPage(locale, outcome.email))
  }
}

/**
 * What the link would do, if this browser is signed in to the very account it is for; else the page
 * that says so. The link alone proves a mailbox, not that its owner wants the address to be that
 * account's: whoever asked stays signed in, and apps would take them for the mailbox's owner (A114).
 */
async function askedHere(
  ctx: Context,
  { db, sessions }: Pick<AccountParts, 'db' | 'sessions'>,
  secret: string,
): Promise<{ email: string; before: string } | undefined> {
  const locale = localeOf(ctx)
  const challenge = await findChallengeByLink(db, purposes, linkHash(secret))
  if (!challenge?.email) {
    render(ctx, overPage(locale), 404)
    return undefined
  }
  const id = await sessions.accountId(ctx)
  const account = id === challenge.accountId ? await findActiveAccount(db, id) : undefined
  if (!account) {
    render(ctx, elsewherePage(locale), 403)
    return undefined
  }
  return { email: challenge.email, before: account.email }
}

async function changeEmail(ctx: Context, parts: AccountParts, tx: Db, secret: string) {
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
  await parts.audit(ctx, tx, { kind: 'email.changed', ...who })
  await mailChanged(tx, parts, before)
  return { email }
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
