import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { readForm } from './body.ts'
import { Problem } from './problem.ts'

interface CsrfOptions {
  /** The first makes tokens, all are accepted. */
  keys: readonly Buffer[]
  /** Whether the public address is https: the cookie then is Secure and bound to this host. */
  secure: boolean
  /** The public origin; on loopback the host that was asked counts too. */
  origin: string
}

/**
 * Refuses forged form posts by two independent signs: who sent it (Sec-Fetch-Site, Origin) and a
 * token that only our own pages can read, derived from a cookie that scripts cannot (A87).
 */
export function csrf({ keys, secure, origin }: CsrfOptions): Middleware {
  const cookie = secure ? '__Host-agpt_csrf' : 'agpt_csrf'
  const tokensFor = (secret: string) =>
    keys.map((key) => createHmac('sha256', key).update(secret).digest('base64url'))

  return async (ctx, next) => {
    const sent = readSecret(ctx, cookie)
    let secret = sent
    Object.defineProperty(ctx.state, 'csrf', {
      configurable: true,
      enumerable: true,
      get() {
        secret ??= issueSecret(ctx, cookie, secure)
        return tokensFor(secret)[0]
      },
    })
    if (!isSafe(ctx.method)) {
      if (isForeign(ctx, origin)) throw forged()
      const [token, ...more] = (await readForm(ctx)).getAll('_csrf')
      if (!sent || !token || more.length > 0) throw forged()
      if (!tokensFor(sent).some((right) => isSame(token, right))) throw forged()
    }
    await next()
  }
}

const isSafe = (method: string) => ['GET', 'HEAD', 'OPTIONS'].includes(method)

const readSecret = (ctx: Context, name: string) => {
  const value = ctx.cookies.get(name, { signed: false })
  return value && /^[\w-]{43}$/.test(value) ? value : undefined
}

const issueSecret = (ctx: Context, name: string, secure: boolean) => {
  const secret = randomBytes(32).toString('base64url')
  // Behind a TLS proxy the connection itself is plain, and the cookie library would refuse.
  ctx.cookies.secure = secure
  ctx.cookies.set(name, secret, { signed: false, secure, httpOnly: true, sameSite: 'lax' })
  return secret
}

// A site that is ours in name only (another port or subdomain) says same-site: foreign as well.
export const isForeign = (ctx: Context, ours: string) => {
  const site = ctx.get('sec-fetch-site')
  const from = ctx.get('origin')
  if (site && site !== 'same-origin' && site !== 'none') return true
  // Fetch 3.1: under Referrer-Policy no-referrer our own pages post with Origin null too.
  if (from === 'null') return !site
  return from !== '' && from !== ours && !isOwnLoopback(ctx, from, ours)
}

const isOwnLoopback = (ctx: Context, from: string, ours: string) =>
  from === `http://${ctx.state.sentHost ?? ctx.get('host')}` && isLoopback(from) && isLoopback(ours)

const isLoopback = (origin: string) =>
  URL.canParse(origin) &&
  /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname)

const isSame = (one: string, other: string) => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const forged = () => new Problem(403, 'bad-csrf', 'This form was not sent by a page of ours.')
