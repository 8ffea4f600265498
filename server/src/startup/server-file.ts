import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const fileName = 'server.json'

/** Tells the CLI where the running server is: `{url, pid}`. */
export async function publishAddress(
  dataDir: string,
  { port, host }: { port: number; host: string },
): Promise<void> {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const url = `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
  await writeFile(join(dataDir, fileName), `${JSON.stringify({ url, pid: process.pid })}\n`)
}

export async function forgetAddress(dataDir: string): Promise<void> {
  await rm(join(dataDir, fileName), { force: true })
}
