import { Router } from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import { listClients } from '#db/clients.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { localeOf } from '#web/locale.ts'
import { type FieldError, Problem } from '#web/problem.ts'
import { uuid } from '#web/text-schemas.ts'
import { signInBase, signInFirst } from '#web/wanted-page.ts'
import { parse } from '#web/wire.ts'
import type { Caller, Sessions } from './administrators.ts'
import { appAnswer } from './app-operations.ts'
import type { RegistrationRules } from './app-rules.ts'
import { newApp } from './app-schemas.ts'
import { changeApp, registerApp } from './apps.ts'
import { appsPage } from './apps-page.ts'
import { createdAppPage, newAppPage } from './new-app-page.ts'
import { pageOf, positionCursor, readPosition } from './paging.ts'
import { refusedPage } from './refused-page.ts'

interface AdminPageParts {
  db: Db
  sessions: Sessions
  csrf: Middleware
  rules: RegistrationRules
  /** Scopes to choose from: those that an app is registered for. */
  platformScopes: readonly string[]
}

const pageSize = 25

/** Apps for an administrator who would rather click: the API's own rules behind plain forms. */
export function adminPageRoutes({ db, sessions, csrf, rules, platformScopes }: AdminPageParts) {
  const router = new Router()
  const guard = administratorsOnly(db, sessions)
  router.use(csrf)

  router.get('/admin', guard, async (ctx: Context) => {
    const cursor = typeof ctx.query.cursor === 'string' ? ctx.query.cursor : undefined
    const rows = await listClients(db, { limit: pageSize + 1, after: readPosition(cursor) })
    const { items, next_cursor } = pageOf(rows, pageSize, {
      item: appAnswer,
      cursor: positionCursor,
    })
    const list = { apps: items, nextCursor: next_cursor, isFirst: cursor === undefined }
    await render(ctx, appsPage({ ...shared(ctx), ...list }))
  })

  router.get('/admin/apps/new', guard, (ctx: Context) =>
    render(ctx, newAppPage({ ...shared(ctx), scopes: platformScopes })),
  )

  router.post('/admin/apps/new', guard, async (ctx: Context) => {
    const sent = await readForm(ctx)
    const work = { db, caller: callerOf(ctx), rules }
    try {
      const { client, secret } = await registerApp(work, parse(newApp, bodyOf(sent)))
      await render(ctx, createdAppPage({ ...shared(ctx), ...client, secret }))
    } catch (error) {
      const errors = formErrors(error)
      await render(ctx, newAppPage({ ...shared(ctx), scopes: platformScopes, sent, errors }), 400)
    }
  })

  router.post('/admin/apps/:id/status', guard, async (ctx: Context) => {
    const id = uuid.safeParse(ctx.params.id).data
    if (!id) throw new Problem(404, 'not-found', 'There is no such app.')
    const isActive = (await readForm(ctx)).get('is_active') === 'true'
    await changeApp({ db, caller: callerOf(ctx), rules }, id, { is_active: isActive })
    ctx.status = 303
    ctx.redirect('/admin')
  })
  return router
}

// Somebody signed in who is no administrator gets an answer, not a round trip (contract, section 4).
function administratorsOnly(db: Db, sessions: Sessions): Middleware {
  return async (ctx, next) => {
    const accountId = await sessions.accountId(ctx)
    const account = accountId ? await findActiveAccount(db, accountId) : undefined
    if (!account) return signInFirst(ctx)
    if (!account.roles.includes('admin')) {
      throw new Problem(403, 'forbidden', 'This page is for administrators.', {
        page: (locale) => refusedPage({ locale, ...refusedOf(ctx, account) }),
      })
    }
    ctx.state.administrator = account
    await next()
  }
}

const refusedOf = (ctx: Context, { email }: Account) => ({
  csrf: ctx.state.csrf as string,
  email,
  base: signInBase(ctx),
})

const shared = (ctx: Context) => ({
  locale: localeOf(ctx),
  csrf: ctx.state.csrf as string,
  signedInAs: ctx.state.administrator.email as string,
})

const callerOf = (ctx: Context): Caller => ({
  actorType: 'admin',
  actorId: ctx.state.administrator.id,
  requestId: ctx.state.requestId,
  ip: ctx.ip,
})

/** The form's words as the API's: what is left empty was not given. */
function bodyOf(sent: URLSearchParams) {
  const text = (name: string) => sent.get(name) || undefined
  return {
    name: sent.get('name') ?? '',
    description: text('description'),
    website: text('website'),
    type: text('type'),
    redirect_uris: sent.get('redirect_uris')?.split(/\s+/).filter(Boolean),
    scopes: sent.getAll('scope'),
    optional_scopes: sent.getAll('optional_scope'),
  }
}

const formNames: Record<string, string> = { scopes: 'scope', optional_scopes: 'optional_scope' }

function formErrors(error: unknown): FieldError[] {
  if (!(error instanceof Problem && error.errors)) throw error
  return error.errors.map(({ field, message }) => ({ field: formNames[field] ?? field, message }))
}
