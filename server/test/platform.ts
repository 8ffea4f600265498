import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

/** A platform that answers as the test wants, and remembers what it was asked. */
export async function startPlatform(t: TestContext, answer: RequestListener) {
  const asked: IncomingMessage[] = []
  const platform = createServer((req, res) => {
    asked.push(req)
    answer(req, res)
  })
  platform.listen(0, '127.0.0.1')
  await once(platform, 'listening')
  t.after(() => {
    platform.closeAllConnections()
    platform.close()
  })
  return { asked, url: `http://127.0.0.1:${(platform.address() as AddressInfo).port}` }
}
