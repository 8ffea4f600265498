import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { after as afterAll } from 'node:test'

const ok: RequestListener = (_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}')
}

/** A platform, for PLATFORM_API_URL, that answers as the test wants and remembers what it was asked. */
export async function startPlatform(
  /** A test, or a whole file. */
  t: { after: typeof afterAll },
  answer: RequestListener = ok,
): Promise<{ url: string; port: number; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const platform = createServer((req, res) => {
    asked.push(req)
    answer(req.resume(), res)
  })
  platform.listen(0, '127.0.0.1')
  await once(platform, 'listening')
  t.after(() => {
    platform.closeAllConnections()
    platform.close()
  })
  const { port } = platform.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, asked }
}
