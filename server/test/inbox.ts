import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import PostalMime from 'postal-mime'
import { noteSecrets } from './suite-log/suite-log.ts'

export interface Mail {
  subject: string
  text: string
  code: string
  /** Path and query of the first link of the mail. */
  link: string
}

/** The mailbox of one address at a test server; mails are handed out once, oldest first. */
export class Inbox {
  readonly #directory: string
  readonly #address: string
  readonly #seen = new Set<string>()

  constructor(server: { dataDir: string }, address: string) {
    this.#directory = join(server.dataDir, 'outbox')
    this.#address = address
  }

  /** Mail leaves in the background, so it is waited for. */
  async next(): Promise<Mail> {
    for (let tries = 0; tries < 500; tries++) {
      const mail = (await this.#unread())[0]
      if (mail) return mail
      await sleep(10)
    }
    throw new Error(`no mail to ${this.#address}`)
  }

  /** The next one with this subject; others are let pass. */
  async about(subject: string): Promise<Mail> {
    for (;;) {
      const mail = await this.next()
      if (mail.subject === subject) return mail
    }
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#unread()).length === 0
  }

  async #unread(): Promise<Mail[]> {
    const names = await readdir(this.#directory).catch(() => [])
    const files = names
      .filter((name) => name.endsWith('.eml') && !this.#seen.has(name))
      .map((name) => join(this.#directory, name))
    const dated = await Promise.all(
      files.map(async (file) => ({ file, at: (await stat(file, { bigint: true })).mtimeNs })),
    )
    for (const { file } of dated.sort((a, b) => (a.at < b.at ? -1 : 1))) {
      const { to, subject = '', text = '' } = await PostalMime.parse(await readFile(file))
      this.#seen.add(basename(file))
      if (to?.[0]?.address === this.#address) return [mailOf(subject, text)]
    }
    return []
  }
}

function mailOf(subject: string, text: string): Mail {
  const { pathname, search } = new URL(/^https?:\S+$/m.exec(text)?.[0] ?? 'http://none/')
  const code = /^ {4}(\d{6})$/m.exec(text)?.[1] ?? ''
  noteSecrets(code, ...(search ? [...new URLSearchParams(search).values()] : []))
  return { subject, text, code, link: pathname + search }
}
