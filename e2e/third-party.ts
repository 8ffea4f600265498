import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { App } from './server.ts'

/** A site of somebody else, with two addresses so that one can send people on to the other. */
export interface ThirdParty {
  /** Shows the answer as it came. */
  callback: string
  /** Sends people on to another origin, as apps with a separate front end do. */
  relay: string
  /** Where the relay ends. */
  arrival: string
  stop(): Promise<void>
}

export async function startThirdParty(): Promise<ThirdParty> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    callback: `http://localhost:${port}/callback`,
    relay: `http://localhost:${port}/relay`,
    arrival: arrivalOf(port),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const arrivalOf = (port: number | undefined) => `http://127.0.0.1:${port}/arrival`

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://third.party')
  if (url.pathname === '/relay') {
    const location = arrivalOf(request.socket.localPort) + url.search
    response.writeHead(302, { location }).end()
    return
  }
  if (url.pathname === '/favicon.ico') {
    response.writeHead(204).end()
    return
  }
  response
    .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    .end(`<!doctype html><html lang="en"><title>Third party</title><h1>Third party</h1>`)
}

const challenge = createHash('sha256').update('v'.repeat(43)).digest('base64url')

/** What an app would send its user to. */
export function authorizeUrl(issuer: string, app: App, params: Record<string, string>): string {
  return `${issuer}/auth/authorize?${new URLSearchParams({
    response_type: 'code',
    client_id: app.client_id,
    scope: 'openid profile email IDENTITY',
    state: 'e2e-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...params,
  })}`
}
