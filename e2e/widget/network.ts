import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A network in which one address answers with a status of its own: a proxy for a browser. Playwright's
 * routes do not see what the browser itself asks for by FedCM.
 */
export async function networkWhere(address: string, status: number) {
  const asked: string[] = []
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '')
    if (url.href === address) {
      asked.push(url.href)
      outgoing.writeHead(status).end()
      return
    }
    const { method, headers } = incoming
    const path = url.pathname + url.search
    // Every name below localhost is this machine.
    const onward = request({ host: '127.0.0.1', port: url.port, path, method, headers })
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    asked,
    // Without the last word a browser never asks a proxy for loopback addresses.
    proxy: { server: `http://127.0.0.1:${port}`, bypass: '<-loopback>' },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
