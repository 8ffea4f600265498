import { connect } from 'node:net'
import type pg from 'pg'

/** PostgreSQL, "Message Formats": the number that makes a first message a CancelRequest. */
const cancelRequest = 80_877_102

interface Cancellable {
  host: string
  port: number
  processID: number
  secretKey: number
}

/**
 * Asks the server to give up the statement that this connection runs. Left alone, one that waits for
 * a lock goes on and stores, long after its request was told that nothing happened. PgBouncer hands
 * the message on; it needs no TLS, since its key is good for nothing else.
 */
export function cancelStatement(client: pg.PoolClient | undefined): void {
  const { host, port, processID, secretKey } = (client ?? {}) as Partial<Cancellable>
  if (!host || !processID || !secretKey) return
  const message = Buffer.alloc(16)
  for (const [index, value] of [16, cancelRequest, processID, secretKey].entries()) {
    message.writeInt32BE(value, index * 4)
  }
  const socket = host.startsWith('/')
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect(port ?? 5432, host)
  // Nobody waits for it: the connection itself is given up soon after.
  socket.on('error', () => {}).setTimeout(1000, () => socket.destroy())
  socket.unref().end(message)
}
