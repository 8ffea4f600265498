import { createHash, randomBytes } from 'node:crypto'
import type { Account } from '#db/accounts.ts'
import { createNotice } from '#db/consent-notices.ts'
import type { Db } from '#db/database.ts'
import { localeByTag } from '#web/locale.ts'
import { plainText } from '#web/plain-text.ts'
import type { AccountParts } from './parts.ts'

const month = 30 * 24 * 60 * 60

export interface Connection {
  account: Pick<Account, 'email' | 'locale'>
  clientName: string
  consentId: string
}

/**
 * Tells somebody that an app may act for them from now on, who may not be the one that allowed it:
 * the mail has a link that ends it without signing in. Together with the consent, or not at all.
 */
export function connectionNotices({
  config,
  mailer,
}: Pick<AccountParts, 'mailer'> & { config: { issuer: string } }) {
  return async (tx: Db, { account, clientName, consentId }: Connection): Promise<void> => {
    const secret = randomBytes(32).toString('base64url')
    await createNotice(tx, { linkHash: noticeHash(secret), consentId, lifetime: month })
    const locale = localeByTag(account.locale)
    const words = locale.messages.mail.appConnected
    await mailer.send(
      {
        to: account.email,
        kind: 'appConnected',
        locale,
        subject: words.subject,
        paragraphs: [words.lead(plainText(clientName)), words.hint],
        links: [
          { label: words.notMe, url: `${config.issuer}/account/apps/not-me?t=${secret}` },
          { label: words.see, url: `${config.issuer}/account/apps` },
        ],
      },
      tx,
    )
  }
}

export const noticeHash = (secret: string): Buffer => createHash('sha256').update(secret).digest()
