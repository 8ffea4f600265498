import Router from '@koa/router'
import type { Context } from 'koa'
import { findActiveAccount } from '#db/accounts.ts'
import { findApiKey, listApiKeys } from '#db/api-keys.ts'
import type { Db } from '#db/database.ts'
import { readJson } from '#web/body.ts'
import { refuseForeign } from '#web/own-pages.ts'
import { found, Problem } from '#web/problem.ts'
import { parse } from '#web/wire.ts'
import type { ApiKeyChanges, Keeper } from './keys.ts'
import { apiKeyAnswer, apiKeySchemas } from './schemas.ts'

export interface ApiKeyParts {
  db: Db
  issuer: string
  sessions: { accountId(ctx: Context): Promise<string | undefined> }
  apiKeys: ApiKeyChanges
  /** Names of the scope table. */
  platformScopes: readonly string[]
}

const path = '/api/api-keys'

/** API keys for the signed-in person, from our own pages only (contract, section 2). */
export function apiKeyRoutes(parts: ApiKeyParts): Router {
  const { db, apiKeys } = parts
  const { newApiKey, apiKeyChange } = apiKeySchemas(parts.platformScopes)
  const router = new Router()
  const keeperOf = (ctx: Context) => signedIn(ctx, parts)
  const idOf = (ctx: Context) => String(ctx.params.id)

  router.get(path, async (ctx) => {
    const { accountId } = await keeperOf(ctx)
    const rows = await listApiKeys(db, accountId)
    ctx.body = { items: rows.map(apiKeyAnswer), next_cursor: null }
  })
  router.post(path, async (ctx) => {
    const keeper = await keeperOf(ctx)
    const { row, value } = await apiKeys.create(keeper, parse(newApiKey, await readJson(ctx)))
    ctx.status = 201
    ctx.body = { ...apiKeyAnswer(row), key: value }
  })
  router.get(`${path}/:id`, async (ctx) => {
    const { accountId } = await keeperOf(ctx)
    ctx.body = apiKeyAnswer(found(await findApiKey(db, { accountId, id: idOf(ctx) }), 'API key'))
  })
  router.patch(`${path}/:id`, async (ctx) => {
    const keeper = await keeperOf(ctx)
    const change = parse(apiKeyChange, await readJson(ctx))
    ctx.body = apiKeyAnswer(await apiKeys.change(keeper, idOf(ctx), change))
  })
  router.post(`${path}/:id/rotate`, async (ctx) => {
    const { row, value } = await apiKeys.rotate(await keeperOf(ctx), idOf(ctx))
    ctx.status = 201
    ctx.body = { ...apiKeyAnswer(row), key: value }
  })
  router.delete(`${path}/:id`, async (ctx) => {
    await apiKeys.revoke(await keeperOf(ctx), idOf(ctx))
    ctx.status = 204
  })
  return router
}

async function signedIn(ctx: Context, { db, sessions, issuer }: ApiKeyParts): Promise<Keeper> {
  // A165: only the session counts: neither a key nor a token makes keys, whatever its scopes are.
  const accountId = await sessions.accountId(ctx)
  if (!accountId) throw unauthorized()
  refuseForeign(ctx, issuer)
  if (!(await findActiveAccount(db, accountId))) throw unauthorized()
  const actor = { actorType: 'user', actorId: accountId } as const
  return { accountId, actor: { ...actor, requestId: ctx.state.requestId, ip: ctx.ip } }
}

const unauthorized = () =>
  new Problem(401, 'unauthorized', 'Sign in first: API keys are made by people, for themselves.')
