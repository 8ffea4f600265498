import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { type Account, findActiveAccount } from '#db/accounts.ts'
import { listApiKeys } from '#db/api-keys.ts'
import type { Db } from '#db/database.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { type Locale, localeOf } from '#web/locale.ts'
import type { FieldError } from '#web/problem.ts'
import { signInFirst } from '#web/wanted-page.ts'
import { parse } from '#web/wire.ts'
import { formErrors } from './form-errors.ts'
import { fieldOfKey } from './key-controls.ts'
import type { ApiKeyChanges, Keeper } from './keys.ts'
import { keysPage } from './keys-page.ts'
import type { KnownScopes } from './new-key-form.ts'
import { newKeyPage } from './new-key-page.ts'
import { apiKeySchemas } from './schemas.ts'
import { act, wishOf } from './sent-forms.ts'

export interface ApiKeyPageParts {
  db: Db
  csrf: Middleware
  sessions: { accountId(ctx: Context): Promise<string | undefined> }
  apiKeys: ApiKeyChanges
  scopes: KnownScopes
}

const path = '/account/api-keys'

/** API keys for people who would rather click: the API's own rules behind plain forms. */
export function apiKeyPageRoutes(parts: ApiKeyPageParts): Router {
  const router = new Router()
  const { newApiKey, apiKeyChange } = apiKeySchemas(parts.scopes.names)
  const own = visitor(parts)
  router.use(path, parts.csrf)

  router.get(path, own(showKeys(parts)))
  router.post(
    path,
    own(async (ctx, visit) => {
      const sent = await readForm(ctx)
      try {
        const wish = parse(newApiKey, wishOf(sent))
        showNewKey(ctx, visit, await parts.apiKeys.create(keeperOf(ctx, visit), wish))
      } catch (error) {
        await showKeys(parts)(ctx, visit, { sent, errors: formErrors(error, { ...visit, sent }) })
      }
    }),
  )
  router.post(
    `${path}/:id`,
    own(async (ctx, visit) => {
      const sent = await readForm(ctx)
      const id = String(ctx.params.id)
      const change = { id, action: sent.get('action') ?? '', sent }
      try {
        const made = await act(parts.apiKeys, keeperOf(ctx, visit), change, apiKeyChange)
        if (made) return showNewKey(ctx, visit, made)
      } catch (error) {
        const errors = formErrors(error, { ...visit, sent }).map(({ field, message }) => ({
          field: field && fieldOfKey(field, { id }),
          message,
        }))
        return showKeys(parts)(ctx, visit, { changed: { id, sent }, errors })
      }
      ctx.status = 303
      ctx.redirect(`${path}?saved=${change.action}`)
    }),
  )
  return router
}

interface Visit {
  account: Account
  locale: Locale
}

type Handler = (ctx: Context, visit: Visit) => Promise<void>

// A165: only a session makes keys; a key or a token in a header is not looked at.
function visitor({ db, sessions }: ApiKeyPageParts) {
  return (handler: Handler) => async (ctx: Context) => {
    const id = await sessions.accountId(ctx)
    const account = id ? await findActiveAccount(db, id) : undefined
    if (!account) return signInFirst(ctx)
    await handler(ctx, { account, locale: localeOf(ctx) })
  }
}

const keeperOf = (ctx: Context, { account }: Visit): Keeper => ({
  accountId: account.id,
  actor: {
    actorType: 'user',
    actorId: account.id,
    requestId: ctx.state.requestId,
    ip: ctx.ip,
  },
})

interface Refused {
  /** Of a new key. */
  sent?: URLSearchParams
  /** Of a change. */
  changed?: { id: string; sent: URLSearchParams }
  errors: FieldError[]
}

function showKeys({ db, scopes }: ApiKeyPageParts) {
  return async (ctx: Context, { account, locale }: Visit, refused?: Refused): Promise<void> => {
    const keys = await listApiKeys(db, account.id)
    const { email, timezone } = account
    const page = { locale, csrf: String(ctx.state.csrf), email, timezone, keys, scopes }
    const saved = refused ? undefined : String(ctx.query.saved)
    ctx.set('Cache-Control', 'no-store')
    await render(ctx, keysPage({ ...page, saved, ...refused }), refused ? 400 : 200)
  }
}

/** The only page that ever has the key: nothing keeps it, and going back does not show it again. */
function showNewKey(
  ctx: Context,
  { account, locale }: Visit,
  { row, value }: Awaited<ReturnType<ApiKeyChanges['create']>>,
): void {
  const { email, timezone } = account
  ctx.set('Cache-Control', 'no-store')
  render(ctx, newKeyPage({ locale, email, timezone, row, value }))
}
