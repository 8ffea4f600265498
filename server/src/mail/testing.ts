import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface SmtpServer {
  url: string
  mode: 'takes' | 'refuses for now' | 'refuses' | 'is silent'
  /** What it took, as it came. */
  messages: string[]
  refused: number
  connections: number
}

/** Somebody else's mail server, as far as RFC 5321 needs it for one message at a time. */
export async function smtpServer(t: TestContext, port = 0): Promise<SmtpServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    state.connections += 1
    if (state.mode !== 'is silent') converse(socket, state)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  const state: SmtpServer = { url, mode: 'takes', messages: [], refused: 0, connections: 0 }
  return state
}

function converse(socket: Socket, state: SmtpServer): void {
  let data: string | undefined
  socket.write('220 test\r\n')
  socket.on('data', (chunk) => {
    if (data !== undefined) {
      data += chunk.toString()
      if (!data.endsWith('\r\n.\r\n')) return
      state.messages.push(data)
      data = undefined
      return socket.write('250 taken\r\n')
    }
    const line = chunk.toString().trim()
    if (/^rcpt/i.test(line) && state.mode !== 'takes') {
      state.refused += 1
      return socket.write(state.mode === 'refuses' ? '550 nobody here\r\n' : '451 later\r\n')
    }
    if (/^data/i.test(line)) data = ''
    return socket.write(data === '' ? '354 go on\r\n' : '250 ok\r\n')
  })
}
