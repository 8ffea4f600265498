import { createTransport, type SendMailOptions } from 'nodemailer'
import type { Outbox } from './outbox.ts'

/** Hands one mail over; rejects when it could not. */
export interface Delivery {
  deliver(mail: SendMailOptions, name: string): Promise<void>
  close(): void
}

// What a mail says never makes nodemailer open files or addresses.
const closed = { disableFileAccess: true, disableUrlAccess: true }

export function smtpDelivery(smtpUrl: string): Delivery {
  const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }
  const transport = createTransport({ url: smtpUrl, pool: true, ...timeouts, ...closed })
  return {
    deliver: async (mail) => void (await transport.sendMail(mail)),
    close: () => transport.close(),
  }
}

export function outboxDelivery(box: Outbox): Delivery {
  const transport = createTransport({ streamTransport: true, buffer: true, ...closed })
  return {
    async deliver(mail, name) {
      const { message } = await transport.sendMail(mail)
      await box.write(name, message as Buffer)
    },
    close: () => {},
  }
}
