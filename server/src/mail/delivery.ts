import type { SendMailOptions, Transporter } from 'nodemailer'
import type { Outbox } from './outbox.ts'

/** Hands one mail over; rejects when it could not. */
export interface Delivery {
  deliver(mail: SendMailOptions, name: string): Promise<void>
  close(): void
}

// With the first mail, not with the start.
const nodemailer = () => import('nodemailer')

// What a mail says never makes nodemailer open files or addresses.
const closed = { disableFileAccess: true, disableUrlAccess: true }

export function smtpDelivery(smtpUrl: string): Delivery {
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }
  const options = { url: smtpUrl, pool: true as const, ...timeouts, ...closed }
  let transport: Promise<Transporter> | undefined
  return {
    async deliver(mail) {
      transport ??= nodemailer().then(({ createTransport }) => createTransport(options))
      await (await transport).sendMail(mail)
    },
    close: () => void transport?.then((opened) => opened.close()),
  }
}

export function outboxDelivery(box: Outbox): Delivery {
  return {
    async deliver(mail, name) {
      const { createTransport } = await nodemailer()
      const transport = createTransport({ streamTransport: true, buffer: true, ...closed })
      const { message } = await transport.sendMail(mail)
      await box.write(name, message as Buffer)
    },
    close: () => {},
  }
}
