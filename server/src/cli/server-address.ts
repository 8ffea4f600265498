import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliError } from './cli-error.ts'

/** What the command line or the environment says about the server; all of it optional. */
export interface Hints {
  url?: string | undefined
  token?: string | undefined
  env: Record<string, string | undefined>
}

export interface Server {
  url: string
  token: string
}

/** The server to talk to: the one named, or the one that runs on this machine. */
export async function findServer(hints: Hints): Promise<Server> {
  const dataDir = hints.env.DATA_DIR?.trim() || '.data'
  const url = hints.url ?? (await localUrl(dataDir, hints.env))
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new CliError(`--url: give the server's address, such as https://auth.example.com`, 2)
  }
  const token = hints.token ?? (hints.env.ADMIN_TOKEN?.trim() || (await localToken(dataDir, url)))
  if (token) return { url: new URL(url).origin, token }
  throw new CliError(
    `No admin token for ${url}.\nPass --token or set ADMIN_TOKEN. A server with its own database writes one to ${join(dataDir, 'admin-token')} when it starts: npm start\nIf its DATA_DIR is another one, set that here, too.`,
  )
}

async function localUrl(dataDir: string, env: Hints['env']): Promise<string> {
  const running = await runningServer(dataDir)
  return running ?? (env.ISSUER?.trim() || `http://localhost:${env.PORT?.trim() || 4000}`)
}

/** The server notes its address in the data directory; a note whose process is gone is stale. */
async function runningServer(dataDir: string): Promise<string | undefined> {
  try {
    const note = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8'))
    if (typeof note.url !== 'string' || !isAlive(Number(note.pid))) return undefined
    return note.url
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's process is alive all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

// This machine's token is for this machine's server: --url must not carry it abroad.
async function localToken(dataDir: string, url: string): Promise<string | undefined> {
  if (!/^(localhost|.+\.localhost|127\.0\.0\.1|\[::1\])$/.test(new URL(url).hostname)) {
    return undefined
  }
  const text = await readFile(join(dataDir, 'admin-token'), 'utf8').catch(() => '')
  return text.trim() || undefined
}
