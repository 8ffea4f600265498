import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/**
 * What is sent to this server is small and comes at once: a body that is not here in time ends with
 * its connection (A149). Node's own limit is one for all, and an upload through the gateway takes as
 * long as it takes; there it is silence that ends it (gateway/upstream).
 */
export function limitBodyTime(server: Server, milliseconds: number): void {
  server.prependListener('request', (req: IncomingMessage, res: ServerResponse) => {
    if (!hasBody(req) || req.url?.startsWith('/external-api/')) return
    const timer = setTimeout(() => endUnlessRead(req, res), milliseconds).unref()
    res.once('close', () => clearTimeout(timer))
  })
}

const hasBody = ({ headers }: IncomingMessage) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function endUnlessRead(req: IncomingMessage, res: ServerResponse): void {
  if (req.complete) return
  // RFC 9110 15.5.9
  if (!res.headersSent) res.writeHead(408, { Connection: 'close' }).end()
  req.destroy()
}
