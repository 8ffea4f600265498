import type { Context } from 'koa'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import { listDevices } from '#db/session-devices.ts'
import { render } from '#web/html.ts'
import { type Locale, localeOf } from '#web/locale.ts'
import { signInFirst } from '#web/wanted-page.ts'
import { accountPage, type FieldError } from './account-page.ts'
import type { AccountParts } from './parts.ts'
import type { SessionsSection } from './sessions-section.ts'
import { timezones } from './timezones.ts'

/** The signed-in person at one of these pages. */
export interface Visit {
  account: Account
  locale: Locale
  /** Shows the page again with what was typed and what to change. */
  again(errors: FieldError[], options?: { status?: number; typed?: Typed }): Promise<void>
  /** Back to the page, which says what was done. */
  done(what: 'profile' | 'password' | 'sessions' | 'session' | 'email'): void
}

interface Typed {
  name?: string
  email?: string
  timezone?: string
}

type Handler = (ctx: Context, visit: Visit) => Promise<void>

/** Hands the person to a handler; whoever is not signed in is sent to do so first. */
export function visitor(parts: Visited) {
  const { db, sessions } = parts
  return (handler: Handler) => async (ctx: Context) => {
    const id = await sessions.accountId(ctx)
    const account = id ? await findActiveAccount(db, id) : undefined
    if (!account) return signInFirst(ctx)
    const locale = localeOf(ctx)
    await handler(ctx, {
      account,
      locale,
      again: (errors, { status = 400, typed = {} } = {}) =>
        show(ctx, parts, { account, locale, errors, typed, status }),
      done: (what) => goOn(ctx, `/account?saved=${what}`),
    })
  }
}

type Visited = Pick<AccountParts, 'db' | 'sessions'>

export function showAccount(parts: Visited) {
  return (ctx: Context, { account, locale }: Visit): Promise<void> =>
    show(ctx, parts, { account, locale, errors: [], typed: {} })
}

interface View {
  account: Account
  locale: Locale
  errors: FieldError[]
  typed: Typed
  status?: number
}

async function show(ctx: Context, { db, sessions }: Visited, view: View): Promise<void> {
  const devices = await listDevices(db, view.account.id)
  const ownUid = await sessions.sessionUid(ctx)
  await render(ctx, pageOf(ctx, view, { devices, ownUid }), view.status)
}

function pageOf(
  ctx: Context,
  { account, locale, errors, typed }: View,
  sessions: Pick<SessionsSection, 'devices' | 'ownUid'>,
) {
  const { profile, password, sessions: ended } = locale.messages.account
  const done = new Map<unknown, string>([
    ['profile', profile.saved],
    ['password', password.saved],
    ['sessions', ended.ended],
    ['session', ended.oneEnded],
    ['email', locale.messages.account.email.sent],
  ])
  return accountPage({
    ...sessions,
    locale,
    csrf: String(ctx.state.csrf),
    email: account.email,
    typedEmail: typed.email,
    emailVerified: account.emailVerifiedAt !== null,
    hasPassword: account.passwordHash !== null,
    isAdmin: account.roles.includes('admin'),
    name: typed.name ?? account.name,
    timezone: typed.timezone ?? account.timezone,
    timezones,
    done: ctx.method === 'GET' ? done.get(ctx.query.saved) : undefined,
    errors,
  })
}

// 303 after a post (RFC 9110 15.4.4).
export function goOn(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
}
