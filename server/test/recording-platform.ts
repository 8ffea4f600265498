import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** What arrived at the platform, before anybody tidied it up. */
export interface Arrived {
  method: string
  /** As it stood in the request line. */
  target: string
  headers: NodeJS.Dict<string | string[]>
}

const ok: RequestListener = (_req, res) => {
  res.writeHead(200, { 'content-type': 'application/json' }).end('{"items":[]}')
}

/** Somebody else's platform, for PLATFORM_API_URL: remembers what it is asked. */
export async function recordingPlatform(
  t: Pick<TestContext, 'after'>,
  answer: RequestListener = ok,
): Promise<{ url: string; port: number; arrived: Arrived[] }> {
  const arrived: Arrived[] = []
  const platform = createServer((req, res) => {
    const { method = '', url: target = '', headers } = req
    arrived.push({ method, target, headers })
    answer(req.resume(), res)
  }).listen(0, '127.0.0.1')
  await once(platform, 'listening')
  t.after(() => {
    platform.closeAllConnections()
    platform.close()
  })
  const { port } = platform.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, arrived }
}
