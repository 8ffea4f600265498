import type { Context } from 'koa'
import { keepScopes, listConnectedApps } from '#db/connected-apps.ts'
import { readForm } from '#web/body.ts'
import { render } from '#web/html.ts'
import { Problem } from '#web/problem.ts'
import { appsPage } from './apps-page.ts'
import type { AccountParts } from './parts.ts'
import { goOn, type Visit } from './visit.ts'

type Parts = Pick<AccountParts, 'db' | 'audit'>

export function showApps({ db }: Parts) {
  return async (ctx: Context, { account, locale }: Visit): Promise<void> => {
    const { email, timezone } = account
    const apps = await listConnectedApps(db, account.id)
    const { saved } = ctx.query
    const done = saved === 'narrowed' || saved === 'removed' ? saved : undefined
    const csrf = String(ctx.state.csrf)
    await render(ctx, appsPage({ locale, csrf, email, timezone, apps, done }))
  }
}

/** Takes back what was allowed; all of it where nothing is left ticked. Nobody can add here. */
export function changeApp({ db, audit }: Parts) {
  return async (ctx: Context, { account, locale }: Visit): Promise<void> => {
    const form = await readForm(ctx)
    const kept = keptScopes(form)
    const app = { accountId: account.id, clientId: form.get('client_id') ?? '' }
    const isRemoved = await db.transaction(async (tx) => {
      const withdrawn = await keepScopes(tx, app, kept)
      if (!withdrawn) throw new Problem(404, 'not-found', locale.messages.account.apps.gone)
      const { clientRowId: clientId, scopes, isRemoved } = withdrawn
      if (scopes.length === 0 && !isRemoved) return false
      const kind = isRemoved ? 'consent.removed' : 'consent.narrowed'
      const who = { actorType: 'user', actorId: account.id, accountId: account.id } as const
      await audit(ctx, tx, { kind, ...who, clientId, details: { scopes } })
      return isRemoved
    })
    goOn(ctx, `/account/apps?saved=${isRemoved ? 'removed' : 'narrowed'}`)
  }
}

function keptScopes(form: URLSearchParams): string[] {
  const action = form.get('action')
  if (action === 'remove') return []
  if (action === 'narrow') return form.getAll('scope')
  // Enter in a field presses no button; without a choice nothing is taken away.
  throw new Problem(400, 'no-action', 'Say what to do: action is narrow or remove.')
}
