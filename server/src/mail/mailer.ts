import type { Database, Db } from '#db/database.ts'
import { insertOutgoingMail, listOutgoingMails, type WaitingMail } from '#db/outgoing-mails.ts'
import { outboxDelivery, smtpDelivery } from './delivery.ts'
import { type Dispatcher, dispatcher, type Log, type OnMail, type Pace } from './dispatcher.ts'
import { envelope, type Letter } from './letter.ts'
import { outbox } from './outbox.ts'

export interface Mail extends Letter {
  to: string
  /** For the log. */
  kind: string
  /** Seconds after which its code or link is worth nothing; a day if nothing is said. */
  lifetime?: number
}

export interface Mailer extends Pick<Dispatcher, 'idle' | 'close'> {
  /**
   * Keeps the mail in the database, in the transaction of what it tells about, if there is one. It
   * leaves in the background: no page waits for a mail server, and no restart loses it.
   */
  send(mail: Mail, tx?: Db): Promise<{ outboxName?: string }>
  /** What has not left yet for an address, which only a key can tell: addresses are encrypted. */
  waitingFor(address: string): Promise<WaitingMail[]>
  /** Sends what others left behind, now and from time to time. */
  start(): void
}

interface MailerOptions {
  config: { smtpUrl?: string | undefined; mailFrom: string; dataDir: string }
  db: Database
  seal: { seal(text: string): Promise<string>; open(sealed: string): Promise<string> }
  log: Log
  onMail?: OnMail
  /** Tests do not wait for minutes. */
  pace?: Pace
}

const day = 24 * 60 * 60

/** Without SMTP_URL mail lands as files in the data directory. */
export function createMailer({ config, db, seal, log, onMail = () => {}, pace }: MailerOptions) {
  const { smtpUrl, mailFrom } = config
  const box = outbox(config.dataDir)
  const delivery = smtpUrl ? smtpDelivery(smtpUrl) : outboxDelivery(box)
  if (!smtpUrl) log.warn({ directory: box.directory }, 'no SMTP_URL: mail is written to files')
  const dispatch = dispatcher({ db, open: seal.open, delivery, log, onMail, pace })

  const mailer: Mailer = {
    async send(mail, tx) {
      const { kind, lifetime = day } = mail
      const name = box.newName()
      const sealed = await seal.seal(JSON.stringify({ name, message: envelope(mail, mailFrom) }))
      if (!(await insertOutgoingMail(tx ?? db, { kind, sealed, lifetime }))) {
        log.error({ kind }, 'mail dropped: too many wait to be sent')
        onMail(kind, 'dropped')
        return {}
      }
      for (const seconds of tx ? transactionEnds : [0]) dispatch.wake(seconds)
      return smtpUrl ? {} : { outboxName: name }
    },
    async waitingFor(address) {
      const found: WaitingMail[] = []
      for (const { sealed, ...mail } of await listOutgoingMails(db)) {
        // One that was sealed with a key that is no more cannot be sent either.
        const text = await seal.open(sealed).catch(() => '{}')
        if (JSON.parse(text).message?.to?.address === address) found.push(mail)
      }
      return found
    },
    start: dispatch.start,
    idle: dispatch.idle,
    close: dispatch.close,
  }
  return mailer
}

/** Seconds after which a transaction that tells something by mail has ended: as a rule, nearly always. */
const transactionEnds = [0.2, 2]
