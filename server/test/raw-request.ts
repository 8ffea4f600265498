import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { TestServer } from './harness.ts'

export interface RawAnswer {
  status: number
  headers: IncomingHttpHeaders
  text: string
}

interface RawRequest {
  method?: string
  path?: string
  headers?: Record<string, string | string[]>
}

/** A request with whatever fetch would refuse to send: a Host, TRACE, a header twice. */
export async function rawRequest(
  server: TestServer,
  { method = 'GET', path = '/', headers = {} }: RawRequest,
): Promise<RawAnswer> {
  const { port } = new URL(server.url)
  const sent = request({ port, method, path, headers, host: '127.0.0.1', setHost: !headers.host })
  sent.end()
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

/** A connection on which the bytes are our own. */
export function rawSocket(server: TestServer): Socket {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.on('error', () => {})
  return socket
}
