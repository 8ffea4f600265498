import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface OutboxMail {
  to: string
  subject: string
  text: string
}

/** The directory where mail lands when no mail server is set. */
export function outbox(dataDir: string) {
  const directory = join(dataDir, 'outbox')
  const file = (name: string) => join(directory, `${name}.eml`)

  return {
    directory,

    /** Nobody guesses it: the name is all that keeps a mail from being read (128 bits). */
    newName(now = new Date()): string {
      const time = now.toISOString().replace(/[-:.]/g, '')
      return `${time}-${randomBytes(16).toString('base64url')}`
    },

    /** Whole or not at all, for programs that watch the directory. */
    async write(name: string, message: Buffer): Promise<void> {
      await mkdir(directory, { recursive: true, mode: 0o700 })
      const draft = join(directory, `.${name}.draft`)
      await writeFile(draft, message, { mode: 0o600 })
      await rename(draft, file(name))
    },

    async read(name: string): Promise<OutboxMail | undefined> {
      if (!/^\d{8}T\d{9}Z-[\w-]{22}$/.test(name)) return
      const message = await readFile(file(name)).catch(ignoreMissing)
      if (!message) return
      // Only who has no mail server reads mail here.
      const { default: PostalMime } = await import('postal-mime')
      const { to, subject = '', text = '' } = await PostalMime.parse(message)
      return { to: to?.[0]?.address ?? '', subject, text }
    },
  }
}

export type Outbox = ReturnType<typeof outbox>

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
