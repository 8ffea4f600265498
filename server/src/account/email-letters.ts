import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/database.ts'
import { localeByTag } from '#web/locale.ts'
import type { AccountParts } from './parts.ts'

type Parts = Pick<AccountParts, 'config' | 'mailer'>

interface Link {
  account: Account
  to: string
  /** None where the address has an account already. */
  secret: string | undefined
}

/** To the new address. It may be a stranger's: says who asks, and that doing nothing is safe (A114). */
export async function mailLink(
  tx: Db,
  { config, mailer }: Parts,
  { account, to, secret }: Link,
): Promise<void> {
  const locale = localeByTag(account.locale)
  const { subject, footnote, lead, taken, link: label } = locale.messages.mail.changeEmail
  const url = `${config.issuer}/account/email?t=${secret}`
  const mail = secret
    ? { paragraphs: [lead(account.email)], links: [{ label, url }] }
    : { paragraphs: [taken(account.email)], links: [] }
  await mailer.send({ to, kind: 'changeEmail', locale, subject, footnote, ...mail }, tx)
}

/** To the old address, as long as its owner can still end it. */
export async function mailAsked(tx: Db, { config, mailer }: Parts, account: Account) {
  const locale = localeByTag(account.locale)
  const { subject, lead, hint, link: label } = locale.messages.mail.emailAsked
  const links = [{ label, url: `${config.issuer}/forgot-password` }]
  const mail = { locale, subject, paragraphs: [lead, hint], links }
  await mailer.send({ to: account.email, kind: 'emailAsked', ...mail }, tx)
}

/** To the old address: the last mail that goes there. */
export async function mailChanged(tx: Db, { config, mailer }: Parts, before: Account) {
  const locale = localeByTag(before.locale)
  const { subject, lead, hint, link: label } = locale.messages.mail.emailChanged
  const links = [{ label, url: `${config.issuer}/account` }]
  const mail = { locale, subject, paragraphs: [lead, hint], links }
  await mailer.send({ to: before.email, kind: 'emailChanged', ...mail }, tx)
}
