import type { Server } from 'node:http'
import { limitBodyTime } from './body-time.ts'

/** Time limits that a slow or silent sender cannot outlast (A149), then the port. */
export async function listen(server: Server, port: number, host: string): Promise<Server> {
  server.headersTimeout = 10_000
  server.requestTimeout = 0
  limitBodyTime(server, 30_000)
  server.keepAliveTimeout = 5_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(portError(cause, port, host)))
    server.listen(port, host, resolve)
  })
  return server
}

function portError(cause: Error, port: number, host: string): Error {
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    return new Error(`Port ${port} is taken by another program: stop it, or set PORT.`, { cause })
  }
  return new Error(`Cannot listen on ${host}:${port} (${code ?? cause.message}).`, { cause })
}
