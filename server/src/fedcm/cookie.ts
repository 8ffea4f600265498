import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'

/** Who is signed in, by the session that began with it. */
export interface SessionRef {
  uid: string
  accountId: string
}

interface CookieParts {
  /** The first makes cookies, all are accepted. */
  keys: readonly Buffer[]
  secure: boolean
  /** The seconds that a session has at most: the cookie is to be there as long as it may live. */
  lifetime: number
}

/**
 * The cookie that the browser sends along with FedCM's requests. It has to cross sites, so it is not
 * the session's: it says which session it belongs to, under a MAC, is looked at nowhere but here, and
 * is worth nothing when that session is over.
 */
export function fedcmCookie({ keys, secure, lifetime }: CookieParts) {
  const name = secure ? '__Host-agpt_fedcm' : 'agpt_fedcm'
  // Browsers take SameSite=None with Secure only, on a loopback address without TLS too.
  const common = { httpOnly: true, sameSite: 'none', signed: false, path: '/' } as const
  const options = { ...common, overwrite: true, maxAge: lifetime * 1000 }
  const macs = ({ uid, accountId }: SessionRef) =>
    keys.map((key) => createHmac('sha256', key).update(`${uid}\0${accountId}`).digest())

  return {
    set(ctx: Context, session: SessionRef): void {
      const [mac] = macs(session)
      const value = [session.uid, session.accountId, mac?.toString('base64url')].join('.')
      write(ctx, value)
      ctx.set('Set-Login', 'logged-in')
    },
    clear(ctx: Context): void {
      write(ctx, null)
      ctx.set('Set-Login', 'logged-out')
    },
    /** Whom the cookie names, if it is one of ours; whether that session lives is for the database. */
    read(ctx: Context): SessionRef | undefined {
      const [uid, accountId, mac = ''] = (ctx.cookies.get(name, { signed: false }) ?? '').split('.')
      if (!uid || !accountId) return undefined
      const sent = Buffer.from(mac, 'base64url')
      const isOurs = macs({ uid, accountId }).some(
        (right) => right.length === sent.length && timingSafeEqual(right, sent),
      )
      return isOurs ? { uid, accountId } : undefined
    },
  }

  function write(ctx: Context, value: string | null): void {
    // Behind a proxy, and on loopback, the connection itself is plain: the library would refuse.
    ctx.cookies.secure = true
    ctx.cookies.set(name, value, { ...options, secure: true })
  }
}

export type FedcmCookie = ReturnType<typeof fedcmCookie>
