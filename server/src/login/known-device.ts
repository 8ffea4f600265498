import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'koa'

export interface KnownDevices {
  /** An id of this browser if it has signed in to the account before. */
  find(ctx: Context, emailKey: string): string | undefined
  remember(ctx: Context, emailKey: string): void
}

interface Options {
  /** The first makes the MACs, all are accepted. */
  keys: readonly Buffer[]
  secure: boolean
}

const year = 365 * 24 * 60 * 60 * 1000
const accountsKept = 5

/**
 * A browser in which somebody signed in may go on trying when strangers have used up the account's
 * wrong guesses: a flood of them locks nobody out (A103; OWASP's device cookies). The cookie is a
 * random id and one MAC for each account, so it names none of them.
 */
export function knownDevices({ keys, secure }: Options): KnownDevices {
  const name = secure ? '__Host-agpt_device' : 'agpt_device'
  const macsOf = (device: string, emailKey: string) =>
    keys.map((key) =>
      createHmac('sha256', key).update(`${device}\0${emailKey}`).digest('base64url'),
    )

  const read = (ctx: Context) => {
    const value = ctx.cookies.get(name, { signed: false }) ?? ''
    const [device, ...macs] = value.length < 500 ? value.split('.') : []
    return device && /^[\w-]{22}$/.test(device) ? { device, macs } : { device: '', macs: [] }
  }

  return {
    find(ctx, emailKey) {
      const { device, macs } = read(ctx)
      const mine = macsOf(device, emailKey)
      return macs.some((sent) => mine.some((mac) => isSame(sent, mac))) ? device : undefined
    },
    remember(ctx, emailKey) {
      const sent = read(ctx)
      const device = sent.device || randomBytes(16).toString('base64url')
      const mine = macsOf(device, emailKey)
      const others = sent.macs.filter((mac) => !mine.includes(mac)).slice(0, accountsKept - 1)
      // Behind a TLS proxy the connection itself is plain, and the cookie library would refuse.
      ctx.cookies.secure = secure
      ctx.cookies.set(name, [device, mine[0], ...others].join('.'), {
        ...{ signed: false, secure, httpOnly: true, sameSite: 'lax', path: '/' },
        maxAge: year,
      })
    },
  }
}

const isSame = (one: string, other: string) => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
