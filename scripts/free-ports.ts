import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A free loopback port whose neighbour above is free too, for the demo site. Below those that the
 * system hands out to connections (Linux: 32768), which would take it before it is used.
 */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 6_000) * 2
    if ((await isFree(port)) && (await isFree(port + 1))) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
