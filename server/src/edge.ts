import { isIP } from 'node:net'
import type { Context, Middleware } from 'koa'
import proxyAddr from 'proxy-addr'

export interface EdgeOptions {
  issuer: string
  issuerIsLoopback: boolean
  /** false: nobody's X-Forwarded-* is believed; else hops, or addresses (CIDR). */
  trustProxy: false | number | readonly string[]
}

/**
 * Makes the request's headers true before anything reads them: X-Forwarded-* is believed from
 * trusted proxies only (A143), the host is ours or the request is refused (A142), and everything
 * behind sees the issuer's own scheme and host, so that every link is built from ISSUER (A109).
 */
export function edge({ issuer, issuerIsLoopback, trustProxy }: EdgeOptions): Middleware {
  const { protocol, host } = new URL(issuer)
  const trusted = trustFunction(trustProxy)
  return async (ctx, next) => {
    const { headers, socket } = ctx.req
    const fromProxy = trusted(socket.remoteAddress ?? '', 0)
    const address = proxyAddr(ctx.req, trusted)
    const sentHost = (fromProxy && first(headers['x-forwarded-host'])) || headers.host || ''
    const sentProtocol = fromProxy ? first(headers['x-forwarded-proto']) : undefined
    ctx.state.forwardedCall = {
      method: headers['x-forwarded-method'],
      uri: headers['x-forwarded-uri'],
      isBelieved: fromProxy,
      // Without a proxy that is named, one on this machine may still ask.
      isLocal: () => trustProxy === false && isLoopback(socket.remoteAddress ?? ''),
    }
    for (const name of Object.keys(headers)) {
      if (name === 'forwarded' || name.startsWith('x-forwarded-')) delete headers[name]
    }
    headers['x-forwarded-for'] = isIP(address) ? address : '0.0.0.0'
    headers['x-forwarded-proto'] = protocol.slice(0, -1)
    headers.host = host
    if (!isOurs(sentHost, host, issuerIsLoopback)) return refuseHost(ctx)
    if (protocol === 'https:' && sentProtocol === 'http') return toTls(ctx, issuer)
    if (ctx.method === 'TRACE' || ctx.method === 'CONNECT') return refuseMethod(ctx)
    ctx.state.sentHost = sentHost
    await next()
  }
}

type Trust = (address: string, hop: number) => boolean

function trustFunction(trustProxy: EdgeOptions['trustProxy']): Trust {
  if (trustProxy === false) return () => false
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy
  return proxyAddr.compile([...trustProxy])
}

const isLoopback = proxyAddr.compile('loopback') as (address: string, hop?: number) => boolean

const first = (header: string | string[] | undefined) =>
  (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim()

function isOurs(sent: string, ours: string, loopback: boolean): boolean {
  if (sent.toLowerCase() === ours) return true
  return (
    loopback &&
    /^(localhost|[\w-]+(\.[\w-]+)*\.localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(sent)
  )
}

/** RFC 9110 15.5.20: this server does not answer for that host. */
function refuseHost(ctx: Context): void {
  ctx.status = 421
  ctx.body = 'This host name is not served here.\n'
}

/** RFC 9110 9.3.8: echoing a request would echo its cookies. */
function refuseMethod(ctx: Context): void {
  ctx.status = 405
  ctx.set('Allow', 'GET, HEAD, POST, PATCH, DELETE, OPTIONS')
}

/** A120: nothing is answered over plain http on a public issuer. */
function toTls(ctx: Context, issuer: string): void {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') {
    ctx.status = 308
    ctx.set('Location', issuer + ctx.path + ctx.search)
  } else {
    ctx.status = 400
    ctx.body = 'Use https.\n'
  }
}
