import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Router from '@koa/router'
import type { Context } from 'koa'
import { Problem } from '#web/problem.ts'
import type { Metrics } from './metrics.ts'

interface MetricsParts {
  metrics: Pick<Metrics, 'text'>
  /** Without one only this machine may ask. */
  adminToken: string | undefined
}

/** For a program on this machine, or with the admin token. It asks by address, as probes do. */
export function metricsRoutes({ metrics, adminToken }: MetricsParts): Router {
  const router = new Router()
  router.get('/metrics', async (ctx) => {
    if (!isLocal(ctx.req) && !hasToken(ctx, adminToken)) throw unauthorized()
    ctx.type = 'text/plain; version=0.0.4; charset=utf-8'
    ctx.body = await metrics.text()
  })
  return router
}

/**
 * A proxy on this machine is a local peer too, and speaks for the whole world: it says so in one of
 * these headers, or passes on the public host. A page that rebinds its name cannot forge the host.
 */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  if (!/^(::1|(::ffff:)?127(\.\d{1,3}){3})$/.test(socket.remoteAddress ?? '')) return false
  if (Object.keys(headers).some((name) => forwarding.test(name))) return false
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? '')
}

const forwarding = /^(forwarded|via|x-real-ip|x-forwarded-.*)$/

function hasToken(ctx: Context, adminToken: string | undefined): boolean {
  // RFC 6750 2.1
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(ctx.get('authorization'))?.[1]
  if (token === undefined || adminToken === undefined) return false
  return timingSafeEqual(sha256(token), sha256(adminToken))
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

const unauthorized = () =>
  new Problem(401, 'unauthorized', 'Send the admin token as bearer token.', {
    headers: { 'WWW-Authenticate': 'Bearer' },
  })
