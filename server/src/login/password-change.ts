import type { Context } from 'koa'
import { type Account, setPasswordHash, updateAccount } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { voidAccountChallenges } from '#db/email-challenges.ts'
import { deleteSessionsOfAccount } from '#db/sessions.ts'
import { endFamiliesOfAccount } from '#db/token-families.ts'
import { localeByTag } from '#web/locale.ts'
import type { LoginParts } from './parts.ts'

export interface PasswordChange {
  account: Pick<Account, 'id'>
  passwordHash: string
  kind: 'password.changed' | 'password.reset'
  /** The session that goes on. */
  exceptUid?: string | undefined
  /** The challenge that was just used. */
  challengeId?: string | undefined
  /** A link from the mailbox was used: the address is its owner's. */
  verifiesEmail?: boolean
}

/**
 * Sets a password and, in the same transaction, ends whatever the old one may have opened: other
 * sessions, every app's tokens, links and codes under way. What the person allowed stays allowed.
 */
export async function changePassword(
  ctx: Context,
  { audit }: Pick<LoginParts, 'audit'>,
  tx: Db,
  change: PasswordChange,
): Promise<void> {
  const { id } = change.account
  await setPasswordHash(tx, id, change.passwordHash)
  if (change.verifiesEmail) await updateAccount(tx, id, { emailVerifiedAt: new Date() })
  await deleteSessionsOfAccount(tx, id, { exceptUid: change.exceptUid })
  await endFamiliesOfAccount(tx, id, 'password_change')
  await voidAccountChallenges(tx, id, { except: change.challengeId })
  const { kind } = change
  await audit(ctx, tx, { kind, actorType: 'user', actorId: id, accountId: id })
}

/** Tells the person, who may not be the one that did it; together with the change, or not at all. */
export async function mailPasswordChanged(
  { mailer, config }: Pick<LoginParts, 'mailer'> & { config: { issuer: string } },
  tx: Db,
  account: Pick<Account, 'email' | 'locale'>,
): Promise<void> {
  const locale = localeByTag(account.locale)
  const { subject, lead, hint, link: label } = locale.messages.mail.passwordChanged
  const links = [{ label, url: `${config.issuer}/forgot-password` }]
  const words = { locale, subject, paragraphs: [lead, hint], links }
  await mailer.send({ to: account.email, kind: 'passwordChanged', ...words }, tx)
}

/**
 * The same, for the person's own page: with its transaction and the mail. False if another password
 * was set since this one was asked for: a link from the mailbox wins over whoever knows the old one.
 */
export function passwordChanger(parts: Pick<LoginParts, 'db' | 'audit' | 'mailer' | 'config'>) {
  return (ctx: Context, change: OwnChange): Promise<boolean> => {
    const { id, passwordChangedAt } = change.account
    return parts.db.transaction(async (tx) => {
      // An empty update locks the row: what is compared here is what the change is made to.
      const now = await updateAccount(tx, id, {})
      if (now?.passwordChangedAt?.getTime() !== passwordChangedAt?.getTime()) return false
      await changePassword(ctx, parts, tx, { ...change, kind: 'password.changed' })
      await mailPasswordChanged(parts, tx, change.account)
      return true
    })
  }
}

interface OwnChange {
  account: Account
  passwordHash: string
  exceptUid: string | undefined
}
