import { createHash, randomBytes } from 'node:crypto'
import type { Context } from 'koa'

const day = 24 * 60 * 60 * 1000
const nameOf = (secure: boolean) => (secure ? '__Host-agpt_browser' : 'agpt_browser')

/** SHA-256 of the cookie by which a browser shows that a mail was sent because of it. */
export function browserHash(ctx: Context, secure: boolean): Buffer | undefined {
  const value = ctx.cookies.get(nameOf(secure), { signed: false })
  return value && /^[\w-]{43}$/.test(value) ? sha256(value) : undefined
}

/** The same, with a cookie that lasts at least as long as any link or code. */
export function markBrowser(ctx: Context, secure: boolean): Buffer {
  const name = nameOf(secure)
  const sent = ctx.cookies.get(name, { signed: false }) ?? ''
  const value = /^[\w-]{43}$/.test(sent) ? sent : randomBytes(32).toString('base64url')
  // Behind a TLS proxy the connection itself is plain, and the cookie library would refuse.
  ctx.cookies.secure = secure
  ctx.cookies.set(name, value, {
    ...{ signed: false, secure, httpOnly: true, sameSite: 'lax', path: '/' },
    maxAge: day,
  })
  return sha256(value)
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
