import { setTimeout as sleep } from 'node:timers/promises'
import { type Delivery, outboxDelivery, smtpDelivery } from './delivery.ts'
import { type Letter, letterHtml, letterText } from './letter.ts'
import { outbox } from './outbox.ts'

export interface Mail extends Letter {
  to: string
  /** For the log. */
  kind: string
}

export interface Mailer {
  /** Queues the mail: never fails and never keeps a page waiting. */
  send(mail: Mail): { outboxName?: string }
  /** Resolves when nothing is left to send. */
  idle(): Promise<void>
  close(): Promise<void>
}

interface MailerOptions {
  config: { smtpUrl?: string | undefined; mailFrom: string; dataDir: string }
  log: Log
  onMail?: OnMail
  /** Pauses before another try, in milliseconds. */
  retries?: number[]
}

/** For those who count: what became of a mail of which kind. */
export type OnMail = (kind: string, outcome: 'sent' | 'retried' | 'failed' | 'dropped') => void

interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

const mostWaiting = 1_000

/** Mail leaves in the background; without SMTP_URL it lands as files in the data directory. */
export function createMailer({
  config,
  log,
  onMail = () => {},
  retries = [1_000, 10_000, 60_000],
}: MailerOptions): Mailer {
  const { smtpUrl, mailFrom } = config
  const box = outbox(config.dataDir)
  const delivery = smtpUrl ? smtpDelivery(smtpUrl) : outboxDelivery(box)
  if (!smtpUrl) log.warn({ directory: box.directory }, 'no SMTP_URL: mail is written to files')
  const stop = new AbortController()
  const sending = new Set<Promise<void>>()

  return {
    send(mail) {
      const name = box.newName()
      if (sending.size >= mostWaiting) {
        log.error({ kind: mail.kind }, 'mail dropped: too many wait to be sent')
        onMail(mail.kind, 'dropped')
        return {}
      }
      const job = attempt({
        delivery,
        mail,
        name,
        from: mailFrom,
        log,
        onMail,
        pauses: retries,
        stop,
      })
      sending.add(job)
      void job.finally(() => sending.delete(job))
      return smtpUrl ? {} : { outboxName: name }
    },
    idle: async () => void (await Promise.all(sending)),
    async close() {
      // Who waits for another try gives up now; who is in the middle of sending finishes.
      stop.abort()
      await Promise.race([Promise.all(sending), sleep(5_000, undefined, { ref: false })])
      delivery.close()
    },
  }
}

interface Job {
  delivery: Delivery
  mail: Mail
  name: string
  from: string
  log: Log
  onMail: OnMail
  pauses: number[]
  stop: AbortController
}

async function attempt(job: Job): Promise<void> {
  const { delivery, mail, name, from, log, onMail, pauses, stop } = job
  const { kind } = mail
  for (let tries = 0; ; tries++) {
    try {
      await delivery.deliver(envelope(mail, from), name)
      onMail(kind, 'sent')
      return log.info({ kind }, 'mail sent')
    } catch (error) {
      // The error's text may repeat the address or the mail: its code is enough.
      const code = (error as { code?: unknown }).code ?? 'unknown'
      const pause = pauses[tries]
      if (pause === undefined || stop.signal.aborted) {
        onMail(kind, 'failed')
        return log.error({ kind, code }, 'mail given up')
      }
      onMail(kind, 'retried')
      log.warn({ kind, code }, 'mail could not be sent yet')
      await sleep(pause, undefined, { signal: stop.signal, ref: false }).catch(() => {})
    }
  }
}

function envelope(mail: Mail, from: string) {
  return {
    from,
    // An object, not a string: nothing in an address is read as a second one.
    to: { name: '', address: mail.to },
    subject: mail.subject,
    text: letterText(mail),
    html: letterHtml(mail),
    // RFC 3834 5: keeps absence notices away.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}
