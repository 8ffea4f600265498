import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@playwright/test'
import PostalMime from 'postal-mime'

export interface Mail {
  subject: string
  text: string
  /** The six digits, where there are some. */
  code: string
  /** The address in it. */
  link: string
}

/** The newest mail to somebody; mail is sent in the background, so it is waited for. */
export async function newestMail(dataDir: string, to: string, count = 1): Promise<Mail> {
  let mails: Mail[] = []
  await expect
    .poll(async () => {
      mails = await mailsTo(dataDir, to)
      return mails.length
    })
    .toBeGreaterThanOrEqual(count)
  return mails.at(-1) as Mail
}

async function mailsTo(dataDir: string, to: string): Promise<Mail[]> {
  const outbox = join(dataDir, 'outbox')
  const names = await readdir(outbox).catch(() => [])
  const mails: Mail[] = []
  for (const name of names.filter((name) => name.endsWith('.eml')).sort()) {
    const mail = await PostalMime.parse(await readFile(join(outbox, name)))
    if (!mail.to?.some(({ address }) => address === to)) continue
    const text = mail.text ?? ''
    mails.push({
      subject: mail.subject ?? '',
      text,
      code: text.match(/\b\d{6}\b/)?.[0] ?? '',
      link: text.match(/https?:\/\/\S+/)?.[0] ?? '',
    })
  }
  return mails
}
