import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Answer {
  body?: string
  type?: string
  headers?: Record<string, string>
}

/** A site of somebody else. Names below localhost are sites of their own to a browser, cookies included. */
export interface Site {
  origin: string
  /** What a path answers from now on; its address. */
  serve(path: string, answer: Answer | ((url: URL) => Answer)): string
  /** Everything that was asked for, with its query. */
  requests: string[]
  stop(): Promise<void>
}

export async function startSite(host: string): Promise<Site> {
  const answers = new Map<string, (url: URL) => Answer>()
  const requests: string[] = []
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', origin)
    const {
      body,
      type = 'text/html; charset=utf-8',
      headers,
    } = answers.get(url.pathname)?.(url) ?? {}
    requests.push(`${url.pathname}${url.search}`)
    response
      .writeHead(body === undefined ? 404 : 200, { 'content-type': type, ...headers })
      .end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://${host}.localhost:${(server.address() as AddressInfo).port}`
  const site: Site = {
    origin,
    requests,
    serve: (path, answer) => {
      answers.set(path, typeof answer === 'function' ? answer : () => answer)
      return origin + path
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  site.serve('/favicon.ico', { body: '', type: 'image/x-icon' })
  return site
}
