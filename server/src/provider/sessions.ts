import type { Context } from 'koa'
import type { Provider } from 'oidc-provider'
import { lifetimes } from './lifetimes.ts'

export interface Sessions {
  /** Who is signed in here; undefined for nobody, also when the account was disabled since. */
  accountId(ctx: Context): Promise<string | undefined>
  sessionUid(ctx: Context): Promise<string | undefined>
  /** Begins a session, or renews its id (A105); another person's session is ended first. */
  signIn(ctx: Context, accountId: string): Promise<void>
  signOut(ctx: Context): Promise<void>
}

type Session = InstanceType<Provider['Session']> & {
  id: string
  new?: boolean
  oldId?: string
  uid: string
}

/** What else a browser is told when somebody signs in or out. */
export interface SessionHooks {
  signedIn(ctx: Context, session: { uid: string; accountId: string }): Promise<void>
  signedOut(ctx: Context): void
  /** Nobody is: the session may have ended elsewhere, and the browser does not know. */
  nobody(ctx: Context): Promise<void>
}

/** The session that authorize uses, for our own pages too. */
export function createSessions(provider: Provider, hooks: SessionHooks): Sessions {
  const loaded = new WeakMap<object, Promise<Session>>()
  const current = (ctx: Context): Promise<Session> => {
    let session = loaded.get(ctx.req)
    if (!session) {
      session = provider.Session.get(ctx as never) as unknown as Promise<Session>
      loaded.set(ctx.req, session)
    }
    return session
  }
  const { long, names } = cookieSettings(provider)
  const cookies = (ctx: Context) => provider.createContext(ctx.req, ctx.res).cookies
  // The library's own sign-out, which apps lead to and our pages link to, ends the session by itself.
  provider.on('end_session.success', (ctx) => {
    if (ctx.oidc.params?.logout) hooks.signedOut(ctx as unknown as Context)
  })

  return {
    async accountId(ctx) {
      const { accountId } = await current(ctx)
      if (!accountId) await hooks.nobody(ctx)
      return accountId
    },
    sessionUid: async (ctx) => (await current(ctx)).uid,

    async signIn(ctx, accountId) {
      const session = await renewed(provider, await current(ctx), accountId)
      session.loginAccount({ accountId, amr: ['pwd'] })
      await session.save(lifetimes.sessionIdle)
      loaded.set(ctx.req, Promise.resolve(session))
      const expires = new Date((session.exp ?? 0) * 1000)
      cookies(ctx).set(names.session, session.id, { ...long, expires })
      await hooks.signedIn(ctx, { uid: session.uid, accountId })
    },

    async signOut(ctx) {
      const session = await current(ctx)
      if (session.accountId) await session.destroy()
      loaded.delete(ctx.req)
      cookies(ctx).set(names.session, null, long)
      hooks.signedOut(ctx)
    },
  }
}

async function renewed(provider: Provider, session: Session, accountId: string): Promise<Session> {
  if (session.accountId && session.accountId !== accountId) {
    await session.destroy()
    return new provider.Session() as unknown as Session
  }
  if (!session.new) session.resetIdentifier()
  return session
}

function cookieSettings(provider: Provider) {
  const session = provider.cookieName('session')
  const secure = session.startsWith('__Host-')
  const long = {
    httpOnly: true,
    sameSite: 'lax',
    secure,
    signed: true,
    overwrite: true,
    path: '/',
  } as const
  return { long, names: { session } }
}
