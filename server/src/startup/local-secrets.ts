import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const shortest = 32

/**
 * A secret of an embedded installation: read from its file, or made at the first start with mode
 * 0600. Written beside and linked, so that a kill never leaves half a secret.
 */
export async function localSecret(dataDir: string, name: string): Promise<string> {
  const path = join(dataDir, name)
  const present = await read(path)
  if (present !== undefined) {
    if (present.length < shortest)
      throw new Error(`${path} is too short to be a secret: put it back`)
    // A copy or a backup may have come back readable for everybody.
    await chmod(path, 0o600)
    return present
  }
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await unlink(draft)
  const made = await read(path)
  if (!made) throw new Error(`${path} is empty: remove it, or put the secret back`)
  return made
}

async function read(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
